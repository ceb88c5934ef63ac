import { useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { useSession } from '@/lib/session'
import { Button, Dialog, Field, Input, Select, Switch, Textarea, toast, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { balancings, servers, type Balancing, type Server, type Transport } from '../api/servers'
import { HowToAdd } from './AddServer'
import { checkServer, formOf, newBody, type ServerField, type ServerForm } from './form'
import { PairFields } from './PairFields'

interface Props { server?: Server; etag?: string | null; taken: readonly string[]; onClose: () => void; onDone: (server: Server) => void; onReadyMade?: (() => void) | undefined }

/** Adds or changes a server by its address or its command. */
export function ServerEditor({ server, etag = null, taken, onClose, onDone, onReadyMade }: Props): ReactNode {
  const t = useT('servers')
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  const [form, setForm] = useState<ServerForm>(() => formOf(server))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const mistakes = checked ? checkServer(form, taken) : {}
  const errorOf = (field: ServerField): string | undefined => refusal?.field(field) ?? (mistakes[field] && t(mistakes[field]))
  const set = (change: Partial<ServerForm>) => { setForm({ ...form, ...change }); setRefusal(null) }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(checkServer(form, taken)).length > 0) return
    setBusy(true)
    try {
      const body = newBody(form, isAdmin)
      onDone(server ? await servers.change(server.id, body, etag) : await servers.create(body))
    } catch (error) {
      if (error instanceof ApiError && error.errors.length > 0) setRefusal(error)
      else if (error instanceof ApiError && error.status === 412) toast({ tone: 'warn', title: t('changedElsewhere') })
      else toastError(error)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open size="l" title={server ? t('editServer', { name: server.name }) : t('addServer')} description={server ? undefined : t('ownServerLead')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="server" loading={busy}>{server ? t('save') : t('add')}</Button></>}
    >
      <form id="server" className="stack" noValidate onSubmit={(event) => void save(event)}>
        {onReadyMade && <HowToAdd own onChange={onReadyMade} />}
        <Names form={form} set={set} errorOf={errorOf} />
        <Place form={form} set={set} errorOf={errorOf} isAdmin={isAdmin} />
        <details className="more-fields" open={checked && ['idle_seconds', 'timeout_seconds', 'replicas'].some((field) => errorOf(field as ServerField) !== undefined)}>
          <summary>{t('moreFields')}</summary>
          <More form={form} set={set} errorOf={errorOf} isAdmin={isAdmin} />
        </details>
        {refusal && !shownFields.some((field) => refusal.field(field) !== undefined) && <p className="field-error" role="alert">{refusal.errors.map(({ field, message }) => `${field}: ${message}`).join('; ')}</p>}
      </form>
    </Dialog>
  )
}

const shownFields: readonly ServerField[] = ['name', 'command', 'url', 'env', 'headers', 'folders', 'replicas', 'idle_seconds', 'timeout_seconds']
interface PartProps { form: ServerForm; set: (change: Partial<ServerForm>) => void; errorOf: (field: ServerField) => string | undefined }

function Names({ form, set, errorOf }: PartProps): ReactNode {
  const t = useT('servers')
  return (
    <div className="admin-columns">
      <Field label={t('name')} hint={t('nameHint')} error={errorOf('name')}>
        {(control) => <Input {...control} className="mono" value={form.name} placeholder="docs" autoComplete="off" spellCheck={false} onChange={(event) => set({ name: event.target.value })} />}
      </Field>
      <Field label={t('titleField')} hint={t('titleHint')}>
        {(control) => <Input {...control} value={form.title} autoComplete="off" onChange={(event) => set({ title: event.target.value })} />}
      </Field>
    </div>
  )
}

/** Where it is: an address, or a command that only an administrator may give. */
function Place({ form, set, errorOf, isAdmin }: PartProps & { isAdmin: boolean }): ReactNode {
  const t = useT('servers')
  const transports: Transport[] = isAdmin || form.transport === 'stdio' ? ['http', 'sse', 'stdio'] : ['http', 'sse']
  return (
    <>
      <div className="field">
        <span className="field-label">{t('transport')}</span>
        <Segments label={t('transport')} value={form.transport} onChange={(transport) => set({ transport })} options={transports.map((value) => ({ value, label: t(`transport_${value}`) }))} />
        <span className="field-hint">{t(`transport_${form.transport}Hint`)}</span>
      </div>
      {form.transport === 'stdio'
        ? (
          <>
            <Field label={t('command')} hint={t('commandHint')} error={errorOf('command')}>
              {(control) => <Textarea {...control} className="mono server-command" rows={2} value={form.command} placeholder="npx -y @modelcontextprotocol/server-everything" spellCheck={false} onChange={(event) => set({ command: event.target.value })} />}
            </Field>
            <Field label={t('folders')} hint={t('foldersHint')} error={errorOf('folders')}>
              {(control) => <Textarea {...control} className="mono server-command" rows={2} value={form.folders} placeholder={'/srv/docs\nw /srv/work'} spellCheck={false} onChange={(event) => set({ folders: event.target.value })} />}
            </Field>
            <Switch checked={form.network} onChange={(network) => set({ network })} label={t('network')} />
            <PairFields label={t('environment')} hint={t('pairsHint')} nameLabel={t('variable')} placeholder="API_TOKEN" pairs={form.env} onChange={(env) => set({ env })} error={errorOf('env')} />
          </>
        )
        : (
          <>
            <Field label={t('address')} error={errorOf('url')}>
              {(control) => <Input {...control} className="mono" type="url" value={form.url} placeholder="https://docs.example.com/mcp" autoComplete="off" spellCheck={false} onChange={(event) => set({ url: event.target.value })} />}
            </Field>
            <PairFields label={t('headers')} hint={t('pairsHint')} nameLabel={t('header')} placeholder="Authorization" pairs={form.headers} onChange={(headers) => set({ headers })} error={errorOf('headers')} />
          </>
        )}
    </>
  )
}

function More({ form, set, errorOf, isAdmin }: PartProps & { isAdmin: boolean }): ReactNode {
  const t = useT('servers')
  return (
    <div className="stack">
      <div className="admin-columns">
        <Field label={t('timeoutSeconds')} error={errorOf('timeout_seconds')}>{(control) => <Input {...control} inputMode="numeric" value={form.timeout_seconds} onChange={(event) => set({ timeout_seconds: event.target.value })} />}</Field>
        <Field label={t('idleSeconds')} hint={t('idleHint')} error={errorOf('idle_seconds')}>{(control) => <Input {...control} inputMode="numeric" value={form.idle_seconds} placeholder={t('asUsual')} onChange={(event) => set({ idle_seconds: event.target.value })} />}</Field>
      </div>
      <Field label={t('replicas')} hint={form.transport === 'stdio' ? t('replicasHintStdio') : t('replicasHint')} error={errorOf('replicas')}>
        {(control) => <Textarea {...control} className="mono" rows={2} value={form.replicas} spellCheck={false} onChange={(event) => set({ replicas: event.target.value })} />}
      </Field>
      {form.replicas.trim() !== '' && (
        <Field label={t('balancing')}>
          {(control) => <Select {...control} value={form.balancing} onChange={(balancing) => set({ balancing: balancing as Balancing })} options={balancings.map((value) => ({ value, label: t(`balancing_${value}`) }))} />}
        </Field>
      )}
      {isAdmin && <Switch checked={form.is_shared} onChange={(is_shared) => set({ is_shared })} label={t('shareServer')} />}
    </div>
  )
}
