import { useEffect, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import CircleDot from 'lucide-react/icons/circle-dot'
import Plus from 'lucide-react/icons/plus'
import SquareTerminal from 'lucide-react/icons/square-terminal'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { TerminalScreen } from '@/terminal'
import { terminals, type TerminalInfo } from '@/terminal/calls'
import { Button, EmptyState, IconButton, Spinner, toast, toastError } from '@/ui'
import { keys, terminalsQuery, useRefresh } from '../api/queries'
import { useDesk } from '../open/context'
import { ClosableTabs, type ClosableTab } from '../parts/ClosableTabs'
import './shells.css'

const first_size = { rows: 24, cols: 80 }

/** The terminals of this workspace, several beside each other in tabs; they go on when nobody looks. */
export function Shells(): ReactNode {
  const t = useT('workspaces')
  const { desk, canWrite } = useDesk()
  const refresh = useRefresh()
  const query = useQuery(terminalsQuery)
  const own = (query.data ?? []).filter((one) => one.workspace_id === desk.id)
  const [shown, setShown] = useState<string | null>(null)
  const [titles, setTitles] = useState<Record<string, string>>({})
  const [isBusy, setBusy] = useState(false)
  const active = own.find(({ id }) => id === shown) ?? own.at(-1)
  const open = async () => {
    setBusy(true)
    try {
      const made = await terminals.open({ workspace_id: desk.id, ...first_size })
      await refresh(keys.terminals)
      setShown(made.id)
    } catch (error) { toastError(error) } finally { setBusy(false) }
  }
  const items = own.map((one, index): ClosableTab => ({
    id: one.id, icon: <SquareTerminal size={14} aria-hidden />, label: titles[one.id] ?? (one.title || t('terminalNumber', { n: index + 1 })),
    mark: one.recording && <CircleDot size={12} className="tone-bad" aria-label={t('isRecording')} />,
  }))
  const close = async (id: string) => {
    try { await terminals.close(id) } catch (error) { toastError(error) }
    await refresh(keys.terminals, keys.sandboxes)
  }
  const record = async ({ id, recording }: TerminalInfo) => {
    try {
      await terminals.record(id, !recording)
      if (recording) toast({ tone: 'ok', title: t('recorded'), detail: t('recordedText') })
    } catch (error) { toastError(error) }
    await refresh(keys.terminals)
  }
  useEffect(() => { if (shown !== null && query.data && !query.isFetching && !own.some(({ id }) => id === shown)) setShown(null) }, [shown, query.data, query.isFetching, own])
  return (
    <section className="ws-shells" aria-label={t('terminal')}>
      <div className="ws-shell-bar">
        {own.length > 0 && <ClosableTabs label={t('terminals')} items={items} value={active?.id ?? null} panelId="ws-shell-panel" onShow={setShown} onClose={(id) => void close(id)} />}
        <IconButton size="s" label={t('newTerminal')} disabled={isBusy || !canWrite} icon={<Plus size={15} />} onClick={() => void open()} />
        <span className="grow" />
        {active && canWrite && <IconButton size="s" label={t(active.recording ? 'stopRecording' : 'record')} pressed={active.recording} icon={<CircleDot size={15} />} onClick={() => void record(active)} />}
        <IconButton size="s" className="ws-wide" label={t('hideTerminal')} icon={<X size={15} />} onClick={() => desk.use.setState({ shellShown: false })} />
      </div>
      <div className="ws-shell-body" id="ws-shell-panel" role={active ? 'tabpanel' : undefined} aria-label={active ? t('terminal') : undefined}>
        {query.isPending || isBusy ? <div className="admin-wait"><Spinner label={t('terminal')} /></div>
          : active ? <TerminalScreen key={active.id} id={active.id} label={t('terminal')} autoFocus={active.id === shown} onTitle={(title) => setTitles((all) => ({ ...all, [active.id]: title }))} onExit={() => void refresh(keys.terminals)} />
            : <EmptyState title={t('noTerminal')} actions={canWrite && <Button variant="primary" icon={<SquareTerminal size={14} />} onClick={() => void open()}>{t('newTerminal')}</Button>}><p>{t(canWrite ? 'noTerminalText' : 'noTerminalViewer')}</p></EmptyState>}
      </div>
    </section>
  )
}
