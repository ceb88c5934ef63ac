import { useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/http'
import { useSession } from '@/lib/session'
import { Button, Dialog, Field, Input, Select, toastError } from '@/ui'
import { useAlertActions, type Alert, type MadeAlert } from './data'
import { draftOf, faults, FIELDS, newDraft, ruleOf, SERVER_FIELDS, withKind, type Draft, type FieldName } from './form'
import { ADMIN_KINDS, KINDS, type Kind } from './kinds'

interface Props {
  alert: Alert | null
  onDone: (alert: Alert | MadeAlert) => void
  onClose: () => void
}

/** Makes a rule or changes one. */
export function RuleEditor({ alert, onDone, onClose }: Props): ReactNode {
  const t = useT('alerts')
  const actions = useAlertActions()
  const [draft, setDraft] = useState(alert ? draftOf(alert) : newDraft())
  const [refused, setRefused] = useState<Partial<Record<FieldName, string>>>({})
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const wrong = faults(draft)
  const errorOf = (field: FieldName): string | undefined => refused[field] ?? (tried && wrong[field] ? t(wrong[field]) : undefined)
  const change = (field: FieldName, value: string): void => {
    setRefused({})
    setDraft((before) => ({ ...before, [field]: value }))
  }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(wrong).length > 0) return
    setBusy(true)
    try {
      const rule = ruleOf(draft, alert?.enabled ?? true)
      const { kind: _fixed, ...patch } = rule
      onDone(alert ? await actions.change(alert.id, patch) : await actions.create(rule))
    } catch (cause) {
      const named = namedFields(cause)
      setRefused(named)
      if (Object.keys(named).length === 0) toastError(cause)
    } finally {
      setBusy(false)
    }
  }
  const shown: FormState = { draft, change, errorOf }
  return (
    <Dialog
      open title={alert ? t('editRule') : t('newRule')} onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button variant="primary" type="submit" form="alert-rule" loading={busy}>{alert ? t('save') : t('create')}</Button>
        </>
      }
    >
      <form id="alert-rule" className="stack" noValidate onSubmit={(event) => void save(event)}>
        <Text form={shown} field="name" label={t('name')} autoFocus />
        <KindField kind={draft.kind} isFixed={alert !== null} onChange={(kind) => setDraft(withKind(draft, kind))} />
        <Condition form={shown} />
        <Timing form={shown} />
        <Text form={shown} field="webhookUrl" label={t('webhook')} hint={t('webhookHint')} inputMode="url" />
        <Text form={shown} field="email" label={t('email')} hint={t('emailHint')} inputMode="email" />
      </form>
    </Dialog>
  )
}

function namedFields(cause: unknown): Partial<Record<FieldName, string>> {
  if (!(cause instanceof ApiError)) return {}
  const pairs = cause.errors.map(({ field, message }) => [SERVER_FIELDS[field.split('.').at(-1) ?? ''], message] as const)
  return Object.fromEntries(pairs.filter(([field]) => field !== undefined))
}

interface FormState {
  draft: Draft
  change: (field: FieldName, value: string) => void
  errorOf: (field: FieldName) => string | undefined
}

interface TextProps {
  form: FormState
  field: Exclude<FieldName, 'kind'>
  label: string
  hint?: string
  autoFocus?: boolean
  inputMode?: 'url' | 'email' | 'decimal' | 'numeric'
}

function Text({ form, field, label, hint, ...input }: TextProps): ReactNode {
  return (
    <Field label={label} hint={hint} error={form.errorOf(field)}>
      {(control) => <Input {...control} {...input} autoComplete="off" value={form.draft[field]} onChange={(event) => form.change(field, event.target.value)} />}
    </Field>
  )
}

function KindField({ kind, isFixed, onChange }: { kind: Kind; isFixed: boolean; onChange: (kind: Kind) => void }): ReactNode {
  const t = useT('alerts')
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  const open = KINDS.filter((item) => isAdmin || item === kind || !ADMIN_KINDS.includes(item))
  return (
    <Field label={t('kind')} hint={t(`hint_${kind}`)}>
      {(control) => (
        <Select
          {...control} value={kind} disabled={isFixed} onChange={(value) => onChange(value as Kind)}
          options={open.map((item) => ({ value: item, label: t(`kind_${item}`) }))}
        />
      )}
    </Field>
  )
}

function Condition({ form }: { form: FormState }): ReactNode {
  const t = useT('alerts')
  const { kind } = form.draft
  const asked = new Set(FIELDS[kind])
  return (
    <div className="alert-fields">
      <Text form={form} field="threshold" label={t(`threshold_${kind}`)} inputMode="decimal" />
      {asked.has('windowMinutes') && <Text form={form} field="windowMinutes" label={t('window')} inputMode="numeric" />}
      {asked.has('minEvents') && <Text form={form} field="minEvents" label={t('minEvents')} hint={t('minEventsHint')} inputMode="numeric" />}
      {asked.has('source') && <Text form={form} field="source" label={t('source')} hint={t('anyHint')} />}
      {asked.has('agent') && <Text form={form} field="agent" label={t('agent')} hint={t('anyHint')} />}
      {asked.has('types') && <Text form={form} field="types" label={t('types')} hint={t('typesHint')} />}
      {asked.has('text') && <Text form={form} field="text" label={t('text')} hint={t('textHint')} />}
    </div>
  )
}

function Timing({ form }: { form: FormState }): ReactNode {
  const t = useT('alerts')
  return (
    <div className="alert-fields">
      <Text form={form} field="forMinutes" label={t('for')} hint={t('forHint')} inputMode="decimal" />
      <Text form={form} field="cooldownMinutes" label={t('cooldown')} hint={t('cooldownHint')} inputMode="decimal" />
    </div>
  )
}
