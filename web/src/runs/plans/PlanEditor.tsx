import { useRef, useState, type FormEvent, type ReactNode } from 'react'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import type { Plan } from '@/lib/plan'
import { useAgents } from '@/lib/queries'
import { useLeaveGuard } from '@/lib/router'
import { usePlanActs } from '@/plan/usePlanActs'
import { Button, confirm, Field, Input } from '@/ui'
import { addTask, changeTask, checkPlan, checkTasks, formOf, isChanged, removeTask, toBody, type PlanForm } from './form'
import { PlanGraph } from './PlanBoard'
import { TaskFields } from './TaskFields'

/** Changes a proposed plan: its graph follows what is typed. */
export function PlanEditor({ plan, onClose }: { plan: Plan; onClose: () => void }): ReactNode {
  const t = useT('plans')
  const agents = (useAgents().data ?? []).filter(({ status }) => status === 'active').map(({ name }) => name)
  const [form, setForm] = useState<PlanForm>(() => formOf(plan))
  const [checked, setChecked] = useState(false)
  const [selected, setSelected] = useState<string | null>(null)
  const { busy, change, approve } = usePlanActs(plan)
  const mistakes = checked ? checkTasks(form.tasks, agents) : new Map()
  const mistake = checked ? checkPlan(form) : null
  const dirty = isChanged(plan, form)
  const isLeaving = useRef(false)
  const leave = () => { isLeaving.current = true; onClose() }
  useLeaveGuard(dirty, async () => isLeaving.current || confirm({ title: t('leaveTitle'), detail: t('leaveText'), action: t('leave'), danger: true }))
  const save = async (isStart: boolean) => {
    setChecked(true)
    if (checkPlan(form) !== null || checkTasks(form.tasks, agents).size > 0) { requestAnimationFrame(() => document.querySelector<HTMLElement>('.plan-editor [aria-invalid="true"]')?.focus()); return }
    const saved = dirty ? await change(toBody(form)) : plan
    if (saved && (!isStart || await approve(saved))) leave()
  }
  const show = (key: string) => { setSelected(key); document.getElementById(`task-${key}`)?.scrollIntoView({ block: 'nearest' }) }
  return (
    <form className="plan-editor stack" noValidate onSubmit={(event: FormEvent) => { event.preventDefault(); void save(false) }}>
      <PlanGraph tasks={form.tasks} selected={selected} onSelect={show} />
      <Field label={t('goal')} error={mistake === 'needsGoal' ? t('needsGoal') : undefined}>{(control) => <Input {...control} value={form.goal} onChange={(event) => setForm({ ...form, goal: event.target.value })} />}</Field>
      {mistake !== null && mistake !== 'needsGoal' && <p className="field-error" role="alert">{t(mistake)}</p>}
      <ol className="plan-tasks" aria-label={t('tasks')}>
        {form.tasks.map((task, index) => (
          <TaskFields
            key={task.key} index={index} task={task} tasks={form.tasks} agents={agents} mistake={mistakes.get(task.key)} isOpen={task.key === selected} onOpen={() => setSelected(task.key === selected ? null : task.key)}
            onChange={(next) => setForm(changeTask(form, task.key, next))} onRemove={() => setForm(removeTask(form, task.key))}
          />
        ))}
      </ol>
      <div><Button icon={<Plus size={14} />} onClick={() => { const next = addTask(form, agents[0] ?? ''); setForm(next); setSelected(next.tasks.at(-1)?.key ?? null) }}>{t('addTask')}</Button></div>
      <div className="save-bar" role="region" aria-label={t('edit')}>
        <span className="grow small muted">{dirty ? t('unsaved') : t('unchanged')}</span>
        <Button disabled={busy !== null} onClick={leave}>{t('discard')}</Button>
        <Button type="submit" loading={busy === 'change'} disabled={!dirty}>{t('save')}</Button>
        <Button variant="primary" loading={busy === 'approve'} onClick={() => void save(true)}>{dirty ? t('saveStart') : t('start')}</Button>
      </div>
    </form>
  )
}
