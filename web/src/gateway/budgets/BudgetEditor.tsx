import { type FormEvent, type ReactNode, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { useAgents } from '@/lib/queries'
import { Button, Dialog, Field, Input, Select, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { budgets, type Reach } from '../api/calls'
import { keys, keysQuery, peopleQuery, useRefresh } from '../api/queries'
import { subjects, type Budget, type Subject } from '../api/types'
import { checkBudget, formOf, limitsOf, toBody, type BudgetField, type BudgetForm } from './form'

interface Props { budget?: Budget | undefined; reach: Reach; onClose: () => void }

/** Makes a budget, or changes the limits of one; what it limits stays as it was made. */
export function BudgetEditor({ budget, reach, onClose }: Props): ReactNode {
  const t = useT('gateway')
  const refresh = useRefresh()
  const isForOthers = reach === 'everyone'
  const [form, setForm] = useState<BudgetForm>(() => formOf(budget))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const check = () => checkBudget(form, isForOthers && !budget)
  const mistakes = checked ? check() : {}
  const errorOf = (field: BudgetField): string | undefined => refusal?.field(field) ?? (mistakes[field] && t(mistakes[field]))
  const set = (change: Partial<BudgetForm>) => { setForm({ ...form, ...change }); setRefusal(null) }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(check()).length > 0) return
    setBusy(true)
    try {
      await (budget ? budgets.change(reach, budget.id, limitsOf(form)) : budgets.create(reach, toBody(form, isForOthers)))
      await refresh(keys.budgets, keys.keys)
      onClose()
    } catch (error) {
      if (error instanceof ApiError && error.errors.length > 0) setRefusal(error)
      else toastError(error)
    }
    setBusy(false)
  }
  return (
    <Dialog
      open title={t(budget ? 'budgetEdit' : 'budgetNew')} description={t('budgetLead')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="budget" loading={busy}>{t(budget ? 'save' : 'create')}</Button></>}
    >
      <form id="budget" className="stack" noValidate onSubmit={(event) => void save(event)}>
        {!budget && isForOthers && <Owner form={form} onChange={set} error={errorOf('owner_id')} />}
        {!budget && <SubjectFields form={form} onChange={set} error={errorOf('subject_id')} isForOthers={isForOthers} />}
        {!budget && (
          <Segments label={t('period')} value={form.period} onChange={(period) => set({ period })} options={(['day', 'month'] as const).map((value) => ({ value, label: t(`period_${value}`) }))} />
        )}
        <div className="admin-columns">
          <Field label={t('soft')} hint={t('softHint')} error={errorOf('soft_usd')}>
            {(control) => <Input {...control} inputMode="decimal" placeholder="5.00" value={form.soft} onChange={(event) => set({ soft: event.target.value })} />}
          </Field>
          <Field label={t('hard')} hint={t('hardHint')} error={errorOf('hard_usd')}>
            {(control) => <Input {...control} inputMode="decimal" placeholder="10.00" value={form.hard} onChange={(event) => set({ hard: event.target.value })} />}
          </Field>
        </div>
      </form>
    </Dialog>
  )
}

interface PartProps { form: BudgetForm; onChange: (change: Partial<BudgetForm>) => void; error: string | undefined }

function Owner({ form, onChange, error }: PartProps): ReactNode {
  const t = useT('gateway')
  const people = useQuery(peopleQuery).data ?? []
  return (
    <Field label={t('person')} error={error}>
      {(control) => (
        <Select
          {...control} value={form.owner_id} onChange={(owner_id) => onChange({ owner_id })}
          options={[{ value: '', label: t('personChoose') }, ...people.map(({ id, full_name, email }) => ({ value: id, label: `${full_name} · ${email}` }))]}
        />
      )}
    </Field>
  )
}

function SubjectFields({ form, onChange, error, isForOthers }: PartProps & { isForOthers: boolean }): ReactNode {
  const t = useT('gateway')
  // Keys and agents of others are theirs to see: an admin limits all of a person, or a workspace by name.
  const open = isForOthers ? subjects.filter((subject) => subject === 'user' || subject === 'workspace') : subjects
  return (
    <>
      <Segments
        label={t('limits')} value={form.subject} onChange={(subject) => onChange({ subject, subject_id: '' })}
        options={open.map((value) => ({ value, label: t(value === 'user' ? 'subject_all' : `subject_${value}`) }))}
      />
      {form.subject !== 'user' && (
        <Field label={t(`subject_${form.subject}`)} error={error}>
          {(control) => (form.subject === 'workspace'
            ? <Input {...control} value={form.subject_id} onChange={(event) => onChange({ subject_id: event.target.value })} placeholder="research" spellCheck={false} />
            : <SubjectSelect {...control} subject={form.subject} value={form.subject_id} onChange={(subject_id) => onChange({ subject_id })} />)}
        </Field>
      )}
    </>
  )
}

function SubjectSelect({ subject, ...rest }: { subject: Subject; value: string; onChange: (id: string) => void; id: string }): ReactNode {
  const t = useT('gateway')
  const own = useQuery(keysQuery).data ?? []
  const agents = useAgents().data ?? []
  const options = subject === 'key' ? own.map(({ id, name }) => ({ value: id, label: name })) : agents.map(({ name }) => ({ value: name, label: name }))
  return <Select {...rest} options={[{ value: '', label: t('choose') }, ...options]} />
}
