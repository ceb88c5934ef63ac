import { useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Button, Dialog, Field, Input, Switch, Textarea, toastError } from '@/ui'
import { keys, useRefresh } from '../api/queries'
import { servers, type Override, type Server } from '../api/servers'
import { readObject } from '../form/value'

interface Props { server: Server; etag: string | null; tool: string; definition: Record<string, unknown> | null; onClose: () => void }

const NAME = /^[A-Za-z0-9_.-]{1,64}$/

/** How a tool is shown instead of how its server shows it: another name or description, arguments that are given already, or not at all. */
export function OverrideEditor({ server, etag, tool, definition, onClose }: Props): ReactNode {
  const t = useT('servers')
  const refresh = useRefresh()
  const own = server.overrides[tool]
  const described = definition?.['description']
  const [name, setName] = useState(own?.name ?? '')
  const [about, setAbout] = useState(own?.description ?? '')
  const [args, setArgs] = useState(own?.arguments && Object.keys(own.arguments).length > 0 ? JSON.stringify(own.arguments, null, 2) : '')
  const [hidden, setHidden] = useState(own?.hidden ?? false)
  const [busy, setBusy] = useState(false)
  const given = readObject(args)
  const isBadName = name !== '' && !NAME.test(name)
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (given === null || isBadName) return
    setBusy(true)
    try {
      await servers.change(server.id, { overrides: withOverride(server, tool, { ...(name !== '' && { name }), ...(about.trim() !== '' && { description: about.trim() }), ...(Object.keys(given).length > 0 && { arguments: given }), ...(hidden && { hidden }) }) }, etag)
      await refresh(keys.servers, keys.tools)
      onClose()
    } catch (error) { toastError(error) }
    setBusy(false)
  }
  return (
    <Dialog open title={t('adjustTool', { name: tool })} description={t('adjustLead')} onClose={onClose} footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="override" loading={busy}>{t('save')}</Button></>}>
      <form id="override" className="stack" noValidate onSubmit={(event) => void save(event)}>
        <Field label={t('shownName')} error={isBadName ? t('badToolName') : undefined}>{(control) => <Input {...control} className="mono" value={name} placeholder={tool} autoComplete="off" spellCheck={false} onChange={(event) => setName(event.target.value)} />}</Field>
        <Field label={t('shownDescription')}>{(control) => <Textarea {...control} rows={4} value={about} placeholder={typeof described === 'string' ? described : ''} onChange={(event) => setAbout(event.target.value)} />}</Field>
        <Field label={t('givenArguments')} hint={t('givenArgumentsHint')} error={given === null ? t('notAnObject') : undefined}>
          {(control) => <Textarea {...control} className="mono" rows={3} value={args} placeholder='{"owner": "me"}' spellCheck={false} onChange={(event) => setArgs(event.target.value)} />}
        </Field>
        <Switch checked={hidden} onChange={setHidden} label={t('hideTool')} />
      </form>
    </Dialog>
  )
}

/** All overrides of the server with this one in place, or without it when it says nothing. */
function withOverride(server: Server, tool: string, override: Override): Record<string, Override> {
  const { [tool]: _old, ...rest } = server.overrides
  return Object.keys(override).length === 0 ? rest : { ...rest, [tool]: override }
}
