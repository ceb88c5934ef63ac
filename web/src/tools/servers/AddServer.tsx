import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { navigate } from '@/lib/router'
import { Button, Dialog, toast } from '@/ui'
import { Segments } from '@/ui/Segments'
import { entriesQuery, keys, useRefresh } from '../api/queries'
import { servers, type Entry, type Server } from '../api/servers'
import { EntryForm } from './EntryForm'
import { ServerEditor } from './ServerEditor'

interface Props { entry: string | null; taken: readonly string[]; onClose: () => void }

/** Adds a server: a ready-made entry with what it needs, or an address or a command of one's own. */
export function AddServer({ entry, taken, onClose }: Props): ReactNode {
  const t = useT('servers')
  const refresh = useRefresh()
  const entries = useQuery(entriesQuery).data ?? []
  const [own, setOwn] = useState(entry === null)
  const [chosen, setChosen] = useState<string | null>(entry)
  const known = entries.find((item) => item.id === chosen)
  const done = async (server: Server): Promise<void> => {
    // It is started at once: its tools are what one added it for, and a mistake is best seen now.
    const first = await servers.try(server.id, 'start').catch((error: unknown) => ({ ok: false, error: error instanceof Error ? error.message : String(error) }))
    await refresh(keys.servers, keys.tools)
    toast(first.ok ? { tone: 'ok', title: t('serverAdded', { name: server.name }) } : { tone: 'warn', title: t('addedButSilent', { name: server.name }), detail: first.error ?? '' })
    onClose()
    await navigate({ to: `/tools/servers/${server.id}` })
  }
  if (own && entry === null) return <ServerEditor taken={taken} onClose={onClose} onDone={(server) => void done(server)} onReadyMade={entries.length > 0 ? () => setOwn(false) : undefined} />
  return (
    <Dialog open title={known ? t('addEntry', { title: known.title }) : t('addServer')} description={known?.description ?? t('readyMadeLead')} onClose={onClose} footer={known ? <EntryFoot form="entry" onClose={onClose} /> : undefined}>
      <div className="stack">
        {entry === null && <HowToAdd own={false} onChange={() => setOwn(true)} />}
        {!known && <Choose entries={entries} onChoose={setChosen} />}
        {known && <EntryForm key={known.id} id="entry" entry={known} taken={taken} onDone={(server) => void done(server)} />}
      </div>
    </Dialog>
  )
}

/** The two ways, as a switch at the head of the dialog. */
export function HowToAdd({ own, onChange }: { own: boolean; onChange: () => void }): ReactNode {
  const t = useT('servers')
  return <Segments label={t('howToAdd')} value={own ? 'own' : 'ready'} onChange={(value) => { if ((value === 'own') !== own) onChange() }} options={[{ value: 'own', label: t('ownServer') }, { value: 'ready', label: t('readyMade') }]} />
}

function Choose({ entries, onChoose }: { entries: readonly Entry[]; onChoose: (id: string) => void }): ReactNode {
  return (
    <ul className="entries">
      {entries.map((entry) => (
        <li key={entry.id}><button type="button" className="entry" onClick={() => onChoose(entry.id)}><b>{entry.title}</b><span className="tiny muted entry-about">{entry.description}</span></button></li>
      ))}
    </ul>
  )
}

function EntryFoot({ form, onClose }: { form: string; onClose: () => void }): ReactNode {
  const t = useT('servers')
  return <><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form={form}>{t('add')}</Button></>
}
