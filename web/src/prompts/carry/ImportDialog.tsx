import { useRef, useState, type DragEvent, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import FileUp from 'lucide-react/icons/file-up'
import { useT } from '@/i18n'
import { keys } from '@/lib/queries'
import { Badge, Button, Dialog, Switch, toastError } from '@/ui'
import { droppedFiles, importAgents, readFiles, type AgentFile, type Outcome } from './agents'
import '../prompts.css'

const tones = { created: 'ok', updated: 'accent', unchanged: undefined, refused: 'bad' } as const

/** Brings agents in from Markdown files: those that are dropped or chosen, with what became of each. */
export default function ImportDialog({ onClose }: { onClose: () => void }): ReactNode {
  const t = useT('prompts')
  const client = useQueryClient()
  const [files, setFiles] = useState<AgentFile[]>([])
  const [replace, setReplace] = useState(false)
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null)
  const [busy, setBusy] = useState(false)
  const add = async (chosen: readonly File[]) => {
    const read = await readFiles(chosen)
    setOutcomes(null)
    setFiles((before) => [...before.filter(({ name }) => !read.some((file) => file.name === name)), ...read])
  }
  const send = async () => {
    setBusy(true)
    try {
      setOutcomes((await importAgents(files, replace)).items)
      setFiles([])
      await client.invalidateQueries({ queryKey: keys.agents })
    } catch (error) { toastError(error) }
    setBusy(false)
  }
  return (
    <Dialog
      open title={t('importTitle')} description={t('importLead')} onClose={onClose}
      footer={<><Button onClick={onClose}>{outcomes ? t('close') : t('cancel')}</Button>{(files.length > 0 || !outcomes) && <Button variant="primary" loading={busy} disabled={files.length === 0} onClick={() => void send()}>{t('importDo', { n: files.length })}</Button>}</>}
    >
      <div className="stack">
        <Drop onFiles={(chosen) => void add(chosen).catch(toastError)} />
        {files.length > 0 && <ul className="import-files" aria-label={t('files')}>{files.map(({ name, text }) => <li key={name}><span className="mono cut grow">{name}</span><span className="tiny muted">{t('lines', { n: text.split('\n').length })}</span></li>)}</ul>}
        {outcomes && <div role="status"><ul className="import-files" aria-label={t('outcomes')}>{outcomes.map((item) => <OutcomeLine key={item.name} item={item} />)}</ul></div>}
        <Switch checked={replace} onChange={setReplace} label={t('replace')} />
      </div>
    </Dialog>
  )
}

function OutcomeLine({ item }: { item: Outcome }): ReactNode {
  const t = useT('prompts')
  const tone = tones[item.outcome]
  return <li><span className="grow"><span className="mono">{item.agent ?? item.name}</span>{item.error != null && item.error !== '' && <span className="tiny tone-bad import-error">{item.error}</span>}</span><Badge {...(tone && { tone })}>{t(`outcome_${item.outcome}`)}</Badge></li>
}

function Drop({ onFiles }: { onFiles: (files: readonly File[]) => void }): ReactNode {
  const t = useT('prompts')
  const picker = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void droppedFiles(event.dataTransfer.items).then(onFiles, toastError)
  }
  return (
    <div className="import-drop" data-over={over || undefined} onDragOver={(event) => { event.preventDefault(); setOver(true) }} onDragLeave={() => setOver(false)} onDrop={drop}>
      <FileUp size={20} aria-hidden />
      <p className="small">{t('dropHere')}</p>
      <input ref={picker} type="file" multiple hidden accept=".md,.markdown,text/markdown" aria-label={t('chooseFiles')} onChange={(event) => { onFiles([...(event.target.files ?? [])]); event.target.value = '' }} />
      <Button size="s" onClick={() => picker.current?.click()}>{t('chooseFiles')}</Button>
    </div>
  )
}
