import { type FormEvent, type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { Button, Dialog, Field, Input, Select, toastError } from '@/ui'
import { gatewayKeys } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { GatewayKey, NewGatewayKey } from '../api/types'
import { checkKey, formOf, newBody, toBody, type KeyField, type KeyForm } from './form'
import { KeyMade } from './KeyMade'
import { ModelsAllowed } from './ModelsAllowed'

const DAYS = [7, 30, 90, 365]

/** Makes a key, shown once when it is made, or changes what one may do. */
export function KeyEditor({ item, onClose }: { item?: GatewayKey | undefined; onClose: () => void }): ReactNode {
  const t = useT('gateway')
  const refresh = useRefresh()
  const [form, setForm] = useState<KeyForm>(() => formOf(item))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const [made, setMade] = useState<NewGatewayKey | null>(null)
  const mistakes = checked ? checkKey(form) : {}
  const errorOf = (field: KeyField): string | undefined => refusal?.field(field) ?? (mistakes[field] && t(mistakes[field]))
  const set = (change: Partial<KeyForm>) => { setForm({ ...form, ...change }); setRefusal(null) }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(checkKey(form)).length > 0) return
    setBusy(true)
    try {
      if (item) await gatewayKeys.change(item.id, toBody(form))
      else setMade(await gatewayKeys.create(newBody(form)))
      await refresh(keys.keys, keys.budgets)
      if (item) onClose()
    } catch (error) {
      if (error instanceof ApiError && error.errors.length > 0) setRefusal(error)
      else toastError(error)
    }
    setBusy(false)
  }
  if (made) return <KeyMade made={made} onClose={onClose} />
  return (
    <Dialog
      open title={item ? t('keyEdit', { name: item.name }) : t('keyNew')} description={item ? undefined : t('keyNewLead')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="gateway-key" loading={busy}>{t(item ? 'save' : 'create')}</Button></>}
    >
      <form id="gateway-key" className="stack" noValidate onSubmit={(event) => void save(event)}>
        <Field label={t('name')} hint={t('keyNameHint')} error={errorOf('name')}>
          {(control) => <Input {...control} value={form.name} autoComplete="off" onChange={(event) => set({ name: event.target.value })} />}
        </Field>
        <ModelsAllowed all={form.all} chosen={form.models} onChange={set} error={errorOf('models')} />
        <div className="admin-columns">
          <Field label={t('requestsPerMinute')} error={errorOf('requests_per_minute')}>
            {(control) => <Input {...control} inputMode="numeric" value={form.requests} onChange={(event) => set({ requests: event.target.value })} />}
          </Field>
          <Field label={t('tokensPerMinute')} error={errorOf('tokens_per_minute')}>
            {(control) => <Input {...control} inputMode="numeric" value={form.tokens} placeholder={t('noLimit')} onChange={(event) => set({ tokens: event.target.value })} />}
          </Field>
        </div>
        {!item && (
          <div className="admin-columns">
            <Field label={t('expires')}>
              {(control) => (
                <Select
                  {...control} value={form.days} onChange={(days) => set({ days })}
                  options={[...DAYS.map((n) => ({ value: String(n), label: t('inDays', { n }) })), { value: '', label: t('never') }]}
                />
              )}
            </Field>
            <Field label={t('monthly')} hint={t('monthlyHint')} error={errorOf('monthly')}>
              {(control) => <Input {...control} inputMode="decimal" value={form.monthly} placeholder={t('noLimit')} onChange={(event) => set({ monthly: event.target.value })} />}
            </Field>
          </div>
        )}
      </form>
    </Dialog>
  )
}
