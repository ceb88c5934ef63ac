import { type FormEvent, type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { useSession } from '@/lib/session'
import { Button, Field, Input, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import type { Provider } from '../api/types'
import { useProviderActions } from './data'
import { checkProvider, editForm, newForm, type ProviderField, type ProviderForm, toBody } from './form'
import { Terms } from './Terms'
import type { Service } from './services'

interface Props {
  services: readonly Service[]
  taken: readonly string[]
  /** The provider to change; none connects a new one. */
  provider?: Provider
  onDone: (provider: Provider) => void
  onCancel?: () => void
}

export function ConnectForm({ services, taken, provider, onDone, onCancel }: Props): ReactNode {
  const t = useT('gateway')
  const actions = useProviderActions()
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  const [form, setForm] = useState<ProviderForm | null>(() => firstForm(services, taken, provider))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  if (!form) return null
  const service = services.find((item) => item.id === form.service)
  const check = () => checkProvider(form, service, provider?.has_key ?? false, taken)
  const mistakes = checked ? check() : {}
  const errorOf = (field: ProviderField): string | undefined => refusal?.field(field) ?? (mistakes[field] && t(mistakes[field]))
  const set = (change: Partial<ProviderForm>): void => {
    setForm({ ...form, ...change })
    setRefusal(null)
  }
  const choose = (id: string): void => {
    const next = services.find((item) => item.id === id)
    if (next) setForm(newForm(next, taken))
    setChecked(false)
    setRefusal(null)
  }
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(check()).length > 0) return
    setBusy(true)
    try {
      const body = toBody(form, isAdmin)
      onDone(provider ? await actions.patch(provider.id, body) : await actions.create(body))
    } catch (error) {
      if (error instanceof ApiError && error.errors.length > 0) setRefusal(error)
      else toastError(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="admin-form" onSubmit={(event) => void submit(event)} noValidate>
      {!provider && (
        <div className="services">
          <Segments label={t('service')} value={form.service} onChange={choose} options={services.map(({ id, title }) => ({ value: id, label: title }))} />
        </div>
      )}
      <div className="admin-columns">
        <Field label={t('name')} hint={t('providerNameHint')} error={errorOf('name')}>
          {(control) => <Input {...control} value={form.name} onChange={(event) => set({ name: event.target.value })} autoComplete="off" spellCheck={false} />}
        </Field>
        <Field label={t('apiKey')} hint={keyHint(t, service, provider)} error={errorOf('api_key')}>
          {(control) => (
            <Input
              {...control} type="password" value={form.api_key} onChange={(event) => set({ api_key: event.target.value })} autoComplete="new-password"
              placeholder={provider?.has_key ? '••••••••••••' : service?.needs_key ? '' : t('keyOptional')}
            />
          )}
        </Field>
      </div>
      <Field label={t('address')} hint={service?.needs_base_url ? t('addressHint') : undefined} error={errorOf('base_url')}>
        {(control) => (
          <Input
            {...control} className="mono" type="url" value={form.base_url} onChange={(event) => set({ base_url: event.target.value })}
            placeholder={service?.base_url || 'http://host:8000/v1'} spellCheck={false}
          />
        )}
      </Field>
      <Terms form={form} onChange={set} errorOf={errorOf} isAdmin={isAdmin} known={provider?.models ?? []} />
      <div className="admin-form-foot">
        <span className="grow tiny muted">{t('keySafe')}</span>
        {onCancel && <Button onClick={onCancel}>{t('cancel')}</Button>}
        <Button variant="primary" type="submit" loading={busy}>{provider ? t('save') : t('connectAndTest')}</Button>
      </div>
    </form>
  )
}

function firstForm(services: readonly Service[], taken: readonly string[], provider: Provider | undefined): ProviderForm | null {
  if (provider) return editForm(provider, services)
  const first = services[0]
  return first ? newForm(first, taken) : null
}

function keyHint(t: ReturnType<typeof useT<'gateway'>>, service: Service | undefined, provider: Provider | undefined): string | undefined {
  if (provider?.has_key) return t('keyKept')
  return service?.keys_page && t('keyFrom', { page: service.keys_page })
}
