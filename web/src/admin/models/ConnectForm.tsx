import { type FormEvent, type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import type { Provider, ProviderType } from '@/lib/types'
import { Button, Field, Input, Select, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { useProviderActions } from './data'
import { checkProvider, editForm, FIRST, PRESETS, presetForm, type ProviderField, type ProviderForm, toBody } from './form'

interface Props {
  taken: readonly string[]
  /** The provider to change; none connects a new one. */
  provider?: Provider
  onDone: (provider: Provider) => void
  onCancel?: () => void
}

export function ConnectForm({ taken, provider, onDone, onCancel }: Props): ReactNode {
  const t = useT('admin')
  const actions = useProviderActions()
  const [form, setForm] = useState<ProviderForm>(() => (provider ? editForm(provider) : presetForm(FIRST, taken)))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const mistakes = checked ? checkProvider(form, provider?.has_key ?? false, taken) : {}
  const preset = PRESETS.find((item) => item.id === form.preset)
  const errorOf = (field: ProviderField): string | undefined => refusal?.field(field) ?? (mistakes[field] && t(mistakes[field]))
  const set = (change: Partial<ProviderForm>): void => {
    setForm({ ...form, ...change })
    setRefusal(null)
  }

  const choose = (id: string): void => {
    const next = PRESETS.find((item) => item.id === id)
    if (next) setForm(presetForm(next, taken))
    setChecked(false)
    setRefusal(null)
  }

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(checkProvider(form, provider?.has_key ?? false, taken)).length > 0) return
    setBusy(true)
    try {
      onDone(provider ? await actions.patch(provider.id, toBody(form)) : await actions.create(toBody(form)))
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
        <div className="presets">
          <Segments
            label={t('service')}
            value={form.preset}
            onChange={choose}
            options={PRESETS.map((item) => ({ value: item.id, label: item.label ?? t('serviceOther') }))}
          />
        </div>
      )}
      <div className="admin-columns">
        <Field label={t('name')} hint={t('providerNameHint')} error={errorOf('name')}>
          {(control) => (
            <Input
              {...control}
              value={form.name}
              onChange={(event) => set({ name: event.target.value })}
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </Field>
        <Field label={t('apiKey')} hint={keyHint(t, preset?.keys_page, provider)} error={errorOf('api_key')}>
          {(control) => (
            <Input
              {...control}
              type="password"
              value={form.api_key}
              onChange={(event) => set({ api_key: event.target.value })}
              autoComplete="new-password"
              placeholder={provider?.has_key ? '••••••••••••' : preset?.needs_key ? '' : t('keyOptional')}
            />
          )}
        </Field>
      </div>
      <div className="admin-columns address-columns">
        <Field label={t('address')} hint={form.preset === 'custom' ? t('addressHint') : undefined} error={errorOf('base_url')}>
          {(control) => (
            <Input
              {...control}
              className="mono"
              type="url"
              value={form.base_url}
              onChange={(event) => set({ base_url: event.target.value })}
              placeholder="http://host:8000/v1"
              spellCheck={false}
            />
          )}
        </Field>
        {form.preset === 'custom' && (
          <Field label={t('dialect')} error={errorOf('type')}>
            {(control) => (
              <Select
                {...control}
                value={form.type}
                onChange={(type) => set({ type: type as ProviderType })}
                options={[
                  { value: 'openai_compatible', label: t('openaiCompatible') },
                  { value: 'anthropic_compatible', label: t('anthropicCompatible') },
                ]}
              />
            )}
          </Field>
        )}
      </div>
      <div className="admin-form-foot">
        <span className="grow tiny muted">{t('keySafe')}</span>
        {onCancel && <Button onClick={onCancel}>{t('cancel')}</Button>}
        <Button variant="primary" type="submit" loading={busy}>
          {provider ? t('save') : t('connectAndTest')}
        </Button>
      </div>
    </form>
  )
}

function keyHint(
  t: ReturnType<typeof useT<'admin'>>,
  page: string | undefined,
  provider: Provider | undefined,
): string | undefined {
  if (provider?.has_key) return t('keyKept')
  return page && t('keyFrom', { page })
}
