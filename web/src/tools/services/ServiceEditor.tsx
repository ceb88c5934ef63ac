import { useState, type FormEvent, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { navigate } from '@/lib/router'
import { useSession } from '@/lib/session'
import { Button, Dialog, Field, Input, Switch, Textarea, toast, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { keys, useRefresh } from '../api/queries'
import { authKinds, services, type Service, type ServiceBody } from '../api/services'
import { checkService, formOf, toBody, type ServiceField, type ServiceForm } from './form'

interface Props { service?: Service; taken: readonly string[]; onClose: () => void }
const more = ['timeout_seconds', 'retries', 'rps', 'quota_per_day'] as const

/** Adds or changes a service: where it is, what it can do, how it is told who asks, and how much it may be used. */
export function ServiceEditor({ service, taken, onClose }: Props): ReactNode {
  const t = useT('services')
  const refresh = useRefresh()
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  const [form, setForm] = useState<ServiceForm>(() => formOf(service))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const etag = useQuery({ queryKey: [...keys.services, service?.id, 'tag'], queryFn: ({ signal }) => services.tag(service?.id ?? '', signal), enabled: service !== undefined, staleTime: Infinity, gcTime: 0 }).data ?? null
  const hasSecret = service !== undefined && service.auth.kind === form.auth && service.auth.has_secret
  const mistakes = checked ? checkService(form, taken, hasSecret) : {}
  const errorOf = (field: ServiceField): string | undefined => refusal?.field(field) ?? (mistakes[field] && t(mistakes[field]))
  const set = (change: Partial<ServiceForm>) => { setForm({ ...form, ...change }); setRefusal(null) }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(checkService(form, taken, hasSecret)).length > 0) return
    setBusy(true)
    try {
      const body = toBody(form, isAdmin)
      const kept = await (service ? services.change(service.id, keptDocument(body, service), etag) : services.create(body))
      await refresh(keys.services, keys.tools)
      onClose()
      if (!service) { toast({ tone: 'ok', title: t('serviceAdded', { name: kept.name }) }); await navigate({ to: `/tools/services/${kept.id}` }) }
    } catch (error) {
      if (error instanceof ApiError && error.errors.length > 0) setRefusal(error)
      else if (error instanceof ApiError && error.status === 412) toast({ tone: 'warn', title: t('changedElsewhere') })
      else toastError(error)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open size="l" title={service ? t('editService', { name: service.name }) : t('addService')} description={service ? undefined : t('addServiceLead')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="service" loading={busy}>{service ? t('save') : t('add')}</Button></>}
    >
      <form id="service" className="stack" noValidate onSubmit={(event) => void save(event)}>
        <Place form={form} set={set} errorOf={errorOf} isNew={service === undefined} />
        <AuthFields form={form} set={set} errorOf={errorOf} hasSecret={hasSecret} />
        <Field label={t('allow')} hint={t('allowHint')} error={errorOf('allow')}>
          {(control) => <Textarea {...control} className="mono" rows={2} value={form.allow} placeholder={'GET /pets*\nPOST /pets'} spellCheck={false} onChange={(event) => set({ allow: event.target.value })} />}
        </Field>
        <details className="more-fields" open={more.some((field) => errorOf(field) !== undefined)}>
          <summary>{t('limits')}</summary>
          <div className="admin-columns">
            {more.map((field) => <Field key={field} label={t(`field_${field}`)} error={errorOf(field)}>{(control) => <Input {...control} inputMode="decimal" placeholder={t('noLimit')} value={form[field]} onChange={(event) => set({ [field]: event.target.value })} />}</Field>)}
          </div>
        </details>
        {isAdmin && <Switch checked={form.is_shared} onChange={(is_shared) => set({ is_shared })} label={t('shareService')} />}
      </form>
    </Dialog>
  )
}

/** The document is told only when it is another one. */
function keptDocument({ openapi, ...body }: ServiceBody, service: Service): ServiceBody {
  return openapi === undefined || openapi === service.openapi_url ? body : { ...body, openapi }
}

interface PartProps { form: ServiceForm; set: (change: Partial<ServiceForm>) => void; errorOf: (field: ServiceField) => string | undefined }

function Place({ form, set, errorOf, isNew }: PartProps & { isNew: boolean }): ReactNode {
  const t = useT('services')
  return (
    <>
      <div className="admin-columns">
        <Field label={t('name')} hint={t('nameHint')} error={errorOf('name')}>{(control) => <Input {...control} className="mono" value={form.name} disabled={!isNew} placeholder="pets" autoComplete="off" spellCheck={false} onChange={(event) => set({ name: event.target.value })} />}</Field>
        <Field label={t('titleField')}>{(control) => <Input {...control} value={form.title} autoComplete="off" onChange={(event) => set({ title: event.target.value })} />}</Field>
      </div>
      <Field label={t('baseUrl')} error={errorOf('base_url')}>{(control) => <Input {...control} className="mono" type="url" value={form.base_url} placeholder="https://pets.example.com/v1" autoComplete="off" spellCheck={false} onChange={(event) => set({ base_url: event.target.value })} />}</Field>
      <Field label={t('openapi')} hint={isNew ? t('openapiHint') : t('openapiKeepHint')} error={errorOf('openapi')}>
        {(control) => <Textarea {...control} className="mono" rows={2} value={form.openapi} placeholder="https://pets.example.com/openapi.json" spellCheck={false} onChange={(event) => set({ openapi: event.target.value })} />}
      </Field>
    </>
  )
}

function AuthFields({ form, set, errorOf, hasSecret }: PartProps & { hasSecret: boolean }): ReactNode {
  const t = useT('services')
  return (
    <>
      <div className="field">
        <span className="field-label">{t('auth')}</span>
        <Segments label={t('auth')} value={form.auth} onChange={(auth) => set({ auth })} options={authKinds.map((value) => ({ value, label: t(`auth_${value}`) }))} />
      </div>
      {form.auth !== 'none' && (
        <div className="admin-columns">
          {form.auth === 'header' && <Field label={t('header')} error={errorOf('header')}>{(control) => <Input {...control} className="mono" value={form.header} placeholder="X-API-Key" autoComplete="off" onChange={(event) => set({ header: event.target.value })} />}</Field>}
          <Field label={form.auth === 'basic' ? t('userAndPassword') : t('secret')} hint={t('secretHint')} error={errorOf('secret')}>
            {(control) => <Input {...control} type={form.secret.startsWith('${') ? 'text' : 'password'} className="mono" value={form.secret} placeholder={hasSecret ? t('secretKept') : '${secret:PETS_KEY}'} autoComplete="new-password" onChange={(event) => set({ secret: event.target.value })} />}
          </Field>
        </div>
      )}
    </>
  )
}
