import type { OnFailure, Plan, PlanTask, TaskBody } from '@/lib/plan'

/** A plan as its editor holds it. Keys stay what they were; a new task gets one that nobody has. */
export interface PlanForm { goal: string; tasks: TaskBody[] }

export const failures: readonly OnFailure[] = ['retry', 'replan', 'skip', 'fail']
export const most_tasks = 50
export const most_attempts = 5

export const bodyOf = ({ key, title, agent, instructions, depends_on, on_failure, max_attempts }: PlanTask | TaskBody): TaskBody => ({ key, title, agent, instructions, depends_on: [...depends_on], on_failure, max_attempts })
export const formOf = (plan: Plan): PlanForm => ({ goal: plan.goal, tasks: plan.tasks.map(bodyOf) })

export function newTask(tasks: readonly TaskBody[], agent: string): TaskBody {
  const taken = new Set(tasks.map(({ key }) => key))
  let number = tasks.length + 1
  while (taken.has(`task-${number}`)) number++
  return { key: `task-${number}`, title: '', agent, instructions: '', depends_on: [], on_failure: 'retry', max_attempts: 2 }
}

export const changeTask = (form: PlanForm, key: string, change: Partial<TaskBody>): PlanForm => ({ ...form, tasks: form.tasks.map((task) => (task.key === key ? { ...task, ...change } : task)) })
export const addTask = (form: PlanForm, agent: string): PlanForm => ({ ...form, tasks: [...form.tasks, newTask(form.tasks, agent)] })

/** Without a task; what waited for it waits for what it waited for. */
export function removeTask(form: PlanForm, key: string): PlanForm {
  const gone = form.tasks.find((task) => task.key === key)
  const inherit = (names: string[]) => (names.includes(key) ? [...new Set([...names.filter((name) => name !== key), ...(gone?.depends_on ?? [])])] : names)
  return { ...form, tasks: form.tasks.filter((task) => task.key !== key).map((task) => ({ ...task, depends_on: inherit(task.depends_on) })) }
}

/** Whether `key` waits, directly or not, for `other`. */
export function waitsFor(tasks: readonly TaskBody[], key: string, other: string, seen = new Set<string>()): boolean {
  if (seen.has(key)) return false
  seen.add(key)
  const before = tasks.find((task) => task.key === key)?.depends_on ?? []
  return before.includes(other) || before.some((name) => waitsFor(tasks, name, other, seen))
}

/** Tasks that this one may wait for: not itself, and none that waits for it already. */
export const choices = (tasks: readonly TaskBody[], key: string): TaskBody[] => tasks.filter((task) => task.key !== key && !waitsFor(tasks, task.key, key))

export type TaskMistake = 'needsTitle' | 'needsAgent' | 'unknownAgent' | 'badAttempts' | 'circle'
export type PlanMistake = 'needsGoal' | 'needsTasks' | 'tooManyTasks'

/** What to mend in each task before it can be saved, by key. */
export function checkTasks(tasks: readonly TaskBody[], agents: readonly string[]): Map<string, TaskMistake> {
  const found = new Map<string, TaskMistake>()
  for (const task of tasks) {
    const mistake = checkTask(task, tasks, agents)
    if (mistake) found.set(task.key, mistake)
  }
  return found
}

function checkTask(task: TaskBody, tasks: readonly TaskBody[], agents: readonly string[]): TaskMistake | null {
  if (task.title.trim() === '') return 'needsTitle'
  if (task.agent === '') return 'needsAgent'
  if (!agents.includes(task.agent)) return 'unknownAgent'
  if (!Number.isInteger(task.max_attempts) || task.max_attempts < 1 || task.max_attempts > most_attempts) return 'badAttempts'
  return waitsFor(tasks, task.key, task.key) ? 'circle' : null
}

export function checkPlan({ goal, tasks }: PlanForm): PlanMistake | null {
  if (goal.trim() === '') return 'needsGoal'
  if (tasks.length === 0) return 'needsTasks'
  return tasks.length > most_tasks ? 'tooManyTasks' : null
}

/** What goes over the wire: a task without instructions is told its title. */
export const toBody = ({ goal, tasks }: PlanForm): PlanForm => ({ goal: goal.trim(), tasks: tasks.map((task) => ({ ...task, title: task.title.trim(), instructions: task.instructions.trim() === '' ? task.title.trim() : task.instructions })) })

export const isChanged = (plan: Plan, form: PlanForm): boolean => JSON.stringify(formOf(plan)) !== JSON.stringify(form)
