import type { ReactNode } from 'react'
import ChevronRight from 'lucide-react/icons/chevron-right'
import Trash from 'lucide-react/icons/trash-2'
import { useHue } from '@/lib/useHue'
import { useT } from '@/i18n'
import type { OnFailure, TaskBody } from '@/lib/plan'
import { Field, IconButton, Input, Select, Textarea } from '@/ui'
import { choices, failures, most_attempts, type TaskMistake } from './form'

interface Props {
  index: number
  task: TaskBody
  tasks: readonly TaskBody[]
  agents: readonly string[]
  mistake: TaskMistake | undefined
  isOpen: boolean
  onOpen: () => void
  onChange: (change: Partial<TaskBody>) => void
  onRemove: () => void
}

/** One task of the plan that is edited: its title and agent always, the rest when it is open. */
export function TaskFields({ index, task, tasks, agents, mistake, isOpen, onOpen, onChange, onRemove }: Props): ReactNode {
  const t = useT('plans')
  const hue = useHue()
  const names = agents.includes(task.agent) || task.agent === '' ? agents : [...agents, task.agent]
  return (
    <li id={`task-${task.key}`} className="plan-task" data-open={isOpen || undefined} style={{ '--h': hue(task.agent) }}>
      <div className="plan-task-head">
        <span className="hue-dot" aria-hidden="true" />
        <Input aria-label={t('titleOf', { n: index + 1 })} placeholder={t('taskTitle')} value={task.title} aria-invalid={mistake === 'needsTitle' || undefined} onChange={(event) => onChange({ title: event.target.value })} />
        <Select aria-label={t('agentOf', { n: index + 1 })} value={task.agent} aria-invalid={mistake === 'needsAgent' || mistake === 'unknownAgent' || undefined} onChange={(agent) => onChange({ agent })} options={[...(task.agent === '' ? [{ value: '', label: t('chooseAgent') }] : []), ...names.map((value) => ({ value, label: value }))]} />
        <IconButton size="s" label={t('removeTask', { n: index + 1 })} icon={<Trash size={14} />} onClick={onRemove} />
        <IconButton size="s" label={isOpen ? t('less') : t('moreOf', { n: index + 1 })} aria-expanded={isOpen} icon={<ChevronRight size={15} className="tool-fold" />} onClick={onOpen} />
      </div>
      {mistake && <p className="field-error" role="alert">{t(mistake)}</p>}
      {!isOpen && task.depends_on.length > 0 && <p className="tiny muted plan-task-after">{t('after', { tasks: task.depends_on.map((key) => tasks.find((other) => other.key === key)?.title || key).join(', ') })}</p>}
      {isOpen && <More task={task} tasks={tasks} mistake={mistake} onChange={onChange} />}
    </li>
  )
}

function More({ task, tasks, mistake, onChange }: Pick<Props, 'task' | 'tasks' | 'mistake' | 'onChange'>): ReactNode {
  const t = useT('plans')
  const others = choices(tasks, task.key)
  const toggle = (key: string) => onChange({ depends_on: task.depends_on.includes(key) ? task.depends_on.filter((name) => name !== key) : [...task.depends_on, key] })
  return (
    <div className="plan-task-more">
      <Field label={t('instructions')}>{(control) => <Textarea {...control} rows={3} value={task.instructions} onChange={(event) => onChange({ instructions: event.target.value })} />}</Field>
      <div className="field" role="group" aria-label={t('waitsFor')}>
        <span className="field-label">{t('waitsFor')}</span>
        {others.length === 0 ? <span className="field-hint">{t('waitsForNone')}</span> : (
          <div className="picks">{others.map((other) => <button key={other.key} type="button" className="pick" aria-pressed={task.depends_on.includes(other.key)} onClick={() => toggle(other.key)}>{other.title || other.key}</button>)}</div>
        )}
      </div>
      <div className="admin-columns">
        <Field label={t('onFailure')} hint={t(`failure_${task.on_failure}Hint`)}>{(control) => <Select {...control} value={task.on_failure} onChange={(value) => onChange({ on_failure: value as OnFailure })} options={failures.map((value) => ({ value, label: t(`failure_${value}`) }))} />}</Field>
        <Field label={t('maxAttempts')} error={mistake === 'badAttempts' ? t('badAttempts') : undefined}>{(control) => <Input {...control} type="number" min={1} max={most_attempts} value={Number.isNaN(task.max_attempts) ? '' : task.max_attempts} onChange={(event) => onChange({ max_attempts: event.target.valueAsNumber })} />}</Field>
      </div>
    </div>
  )
}
