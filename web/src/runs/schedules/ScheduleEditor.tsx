import { useId, useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { useAgents, useChats, usePreferences } from '@/lib/queries'
import { Button, Dialog, Field, Input, Select, Textarea, toastError } from '@/ui'
import { schedules } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { Schedule } from '../api/types'
import { CronField } from './CronField'
import { checkSchedule, formOf, toBody, type ScheduleForm } from './form'

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Makes or changes a schedule. */
export function ScheduleEditor({ schedule, onClose }: { schedule: Schedule | undefined; onClose: () => void }): ReactNode {
  const t = useT('runs')
  const refresh = useRefresh()
  const preferred = usePreferences().data?.time_zone
  const [form, setForm] = useState<ScheduleForm>(() => formOf(schedule, preferred && preferred !== 'UTC' ? preferred : ownZone()))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const mistakes = checked ? checkSchedule(form) : {}
  const errorOf = (field: keyof ScheduleForm) => refusal?.field(field) ?? (mistakes[field] && t(mistakes[field]))
  const set = (change: Partial<ScheduleForm>) => { setForm({ ...form, ...change }); setRefusal(null) }
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(checkSchedule(form)).length > 0) return
    setBusy(true)
    try {
      await (schedule ? schedules.change(schedule, toBody(form)) : schedules.create({ ...toBody(form), mode: 'auto', status: 'active' }))
      await refresh(keys.schedules)
      onClose()
    } catch (error) {
      if (error instanceof ApiError && error.errors.length > 0) setRefusal(error)
      else toastError(error)
    }
    setBusy(false)
  }
  return (
    <Dialog
      open size="l" title={schedule ? t('editSchedule') : t('newSchedule')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('back')}</Button><Button variant="primary" type="submit" form="schedule" loading={busy}>{t('save')}</Button></>}
    >
      <form id="schedule" className="stack" noValidate onSubmit={(event) => void save(event)}>
        <Field label={t('name')} error={errorOf('name')}>{(control) => <Input {...control} value={form.name} placeholder={t('nameExample')} onChange={(event) => set({ name: event.target.value })} />}</Field>
        <Field label={t('request')} error={errorOf('text')}>{(control) => <Textarea {...control} rows={4} value={form.text} placeholder={t('requestExample')} onChange={(event) => set({ text: event.target.value })} />}</Field>
        <CronField cron={form.cron} timezone={form.timezone} error={errorOf('cron')} onChange={(cron) => set({ cron })} />
        <Zone value={form.timezone} error={errorOf('timezone')} onChange={(timezone) => set({ timezone })} />
        <Where form={form} onChange={set} />
      </form>
    </Dialog>
  )
}

function Zone({ value, error, onChange }: { value: string; error: string | undefined; onChange: (zone: string) => void }): ReactNode {
  const t = useT('runs')
  const id = useId()
  return (
    <Field label={t('timezone')} error={error}>
      {(control) => <><Input {...control} list={id} value={value} autoComplete="off" spellCheck={false} onChange={(event) => onChange(event.target.value)} /><datalist id={id}>{Intl.supportedValuesOf('timeZone').map((zone) => <option key={zone} value={zone} />)}</datalist></>}
    </Field>
  )
}

function Where({ form, onChange }: { form: ScheduleForm; onChange: (change: Partial<ScheduleForm>) => void }): ReactNode {
  const t = useT('runs')
  const agents = (useAgents().data ?? []).filter(({ status }) => status === 'active')
  const chats = useChats().data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="admin-columns">
      <Field label={t('agent')}>{(control) => <Select {...control} value={form.agent} onChange={(agent) => onChange({ agent })} options={[{ value: '', label: t('whoFits') }, ...agents.map(({ name }) => ({ value: name, label: name }))]} />}</Field>
      <Field label={t('answersIn')}>{(control) => <Select {...control} value={form.session_id} onChange={(session_id) => onChange({ session_id })} options={[{ value: '', label: t('ownChat') }, ...chats.map(({ id, title }) => ({ value: id, label: title || id }))]} />}</Field>
    </div>
  )
}
