import { useId, useState, type FormEvent, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { useAgents } from '@/lib/queries'
import type { Grant } from '@/lib/types'
import { Button, Dialog, Field, Input, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { policies, type Reach, type ToolPolicy } from '../api/policies'
import { keys, toolsQuery, useRefresh } from '../api/queries'
import { sources } from '../api/tools'
import { checkPolicy, formOf, limitFields, toBody, type PolicyField, type PolicyForm, type SubjectKind } from './form'

interface Props { rule: ToolPolicy | undefined; tool: string; reach: Reach; onClose: () => void }

/** Makes or changes a rule: for whom, for which tools, what they are granted and how much they may be used. */
export function PolicyEditor({ rule, tool, reach, onClose }: Props): ReactNode {
  const t = useT('tools')
  const refresh = useRefresh()
  const [form, setForm] = useState<PolicyForm>(() => formOf(rule, tool))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const mistakes = checked ? checkPolicy(form) : {}
  const errorOf = (field: PolicyField): string | undefined => refusal?.field(field) ?? (mistakes[field] && t(mistakes[field]))
  const set = (change: Partial<PolicyForm>) => { setForm({ ...form, ...change }); setRefusal(null) }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(checkPolicy(form)).length > 0) return
    setBusy(true)
    try {
      await (rule ? policies.change(reach, rule.id, toBody(form)) : policies.create(reach, toBody(form)))
      await refresh(keys.policies, keys.tools)
      onClose()
    } catch (error) {
      if (error instanceof ApiError && error.errors.length > 0) setRefusal(error)
      else toastError(error)
    }
    setBusy(false)
  }
  return (
    <Dialog
      open title={rule ? t('ruleEdit', { tool: rule.tool }) : t('ruleNew')} description={reach === 'everyone' ? t('ruleLeadEveryone') : t('ruleLead')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="tool-rule" loading={busy}>{rule ? t('save') : t('create')}</Button></>}
    >
      <form id="tool-rule" className="stack" noValidate onSubmit={(event) => void save(event)}>
        <ToolField value={form.tool} onChange={(value) => set({ tool: value })} error={errorOf('tool')} />
        <SubjectFields form={form} set={set} error={errorOf('name')} />
        <div className="field">
          <span className="field-label">{t('grant')}</span>
          <GrantOrNot value={form.grant} onChange={(grant) => set({ grant })} />
          <span className="field-hint">{form.grant ? t(`grant_${form.grant}Hint`) : t('grant_noneHint')}</span>
        </div>
        <div className="admin-columns">
          {limitFields.map((field) => (
            <Field key={field} label={t(`field_${field}`)} error={errorOf(field)}>
              {(control) => <Input {...control} inputMode="decimal" placeholder={t('notSaid')} value={form[field]} onChange={(event) => set({ [field]: event.target.value })} />}
            </Field>
          ))}
        </div>
      </form>
    </Dialog>
  )
}

function ToolField({ value, onChange, error }: { value: string; onChange: (value: string) => void; error: string | undefined }): ReactNode {
  const t = useT('tools')
  const id = useId()
  const names = useQuery(toolsQuery).data?.map((item) => item.name) ?? []
  const servers = [...new Set(names.flatMap((name) => (name.includes('.') ? [`${name.split('.')[0]}.*`] : [])))]
  return (
    <Field label={t('toolOrPattern')} hint={t('toolPatternHelp')} error={error}>
      {(control) => (
        <>
          <Input {...control} className="mono" list={id} value={value} placeholder="github.*" autoComplete="off" spellCheck={false} onChange={(event) => onChange(event.target.value)} />
          <datalist id={id}>{[...servers, ...names].map((name) => <option key={name} value={name} />)}</datalist>
        </>
      )}
    </Field>
  )
}

function SubjectFields({ form, set, error }: { form: PolicyForm; set: (change: Partial<PolicyForm>) => void; error: string | undefined }): ReactNode {
  const t = useT('tools')
  const id = useId()
  const agents = useAgents().data ?? []
  const names = form.kind === 'agent' ? agents.map((agent) => agent.name) : [...sources]
  const kinds: SubjectKind[] = ['everyone', 'agent', 'source']
  return (
    <>
      <div className="field">
        <span className="field-label">{t('ruleFor')}</span>
        <Segments label={t('ruleFor')} value={form.kind} onChange={(kind) => set({ kind, name: '' })} options={kinds.map((value) => ({ value, label: t(`subject_${value}`) }))} />
      </div>
      {form.kind !== 'everyone' && (
        <Field label={t(`subject_${form.kind}`)} hint={form.kind === 'source' ? t('subject_sourceHint') : undefined} error={error}>
          {(control) => (
            <>
              <Input {...control} list={id} value={form.name} autoComplete="off" spellCheck={false} onChange={(event) => set({ name: event.target.value })} />
              <datalist id={id}>{names.map((name) => <option key={name} value={name} />)}</datalist>
            </>
          )}
        </Field>
      )}
    </>
  )
}

function GrantOrNot({ value, onChange }: { value: Grant | null; onChange: (value: Grant | null) => void }): ReactNode {
  const t = useT('tools')
  return (
    <Segments
      label={t('grant')} value={value ?? 'none'} onChange={(chosen) => onChange(chosen === 'none' ? null : chosen)}
      options={[{ value: 'allow', label: t('grant_allow'), tone: 'ok' }, { value: 'ask', label: t('grant_ask'), tone: 'warn' }, { value: 'deny', label: t('grant_deny'), tone: 'bad' }, { value: 'none', label: t('grant_none') }]}
    />
  )
}
