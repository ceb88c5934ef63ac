import { useEffect, useRef, type FormEvent, type KeyboardEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { useTools } from '@/lib/queries'
import { Button } from '@/ui'
import { ArgsFields, ModeChoice } from './ArgsFields'
import { shapeOf, type Schema } from './schema'
import { useArgsDraft } from './useArgsDraft'
import type { Json } from './value'
import './form.css'

interface Props { tool: string; args: Json; busy: boolean; label: string; onDone: (args: Json) => void; onCancel: () => void }

/** Edits the arguments of a call that waits, by the tool's own schema where it is known. Ctrl-Enter approves, Escape goes back. */
export default function EditArgs(props: Props): ReactNode {
  const tools = useTools()
  if (tools.isPending) return null
  const schema = tools.data?.find((item) => item.name === props.tool)?.parameters as Schema | undefined
  return <Editor {...props} schema={schema && namesFields(schema) ? schema : null} />
}

/** A schema that names no field helps nobody to fill one in. */
function namesFields(schema: Schema): boolean {
  const shape = shapeOf(schema, schema)
  return shape.kind === 'object' && shape.fields.length > 0
}

function Editor({ args, busy, label, onDone, onCancel, schema }: Props & { schema: Schema | null }): ReactNode {
  const t = useT('tools')
  const form = useRef<HTMLFormElement>(null)
  const draft = useArgsDraft(schema ?? {}, () => structuredClone(args), schema ? 'form' : 'json')
  useEffect(() => { form.current?.querySelector<HTMLElement>('input, textarea, select')?.focus() }, [])
  const submit = (event?: FormEvent): void => {
    event?.preventDefault()
    const read = draft.read()
    if (read && !busy) onDone(read)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation()
    if (event.key === 'Escape') onCancel()
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    submit()
  }
  return (
    <form ref={form} className="edit-args" noValidate onSubmit={submit} onKeyDown={onKeyDown} aria-label={t('arguments')}>
      {schema && <div className="row"><span className="grow small muted">{t('arguments')}</span><ModeChoice draft={draft} /></div>}
      <ArgsFields schema={schema ?? {}} draft={draft} />
      <div className="row"><Button variant="primary" type="submit" loading={busy}>{label}</Button><Button disabled={busy} onClick={onCancel}>{t('cancel')}</Button></div>
    </form>
  )
}
