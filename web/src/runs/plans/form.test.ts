import { describe, expect, test } from 'vitest'
import type { Plan, TaskBody } from '@/lib/plan'
import { addTask, changeTask, checkPlan, checkTasks, choices, formOf, isChanged, removeTask, toBody, waitsFor } from './form'

const task = (key: string, ...depends_on: string[]): TaskBody => ({ key, title: key, agent: 'coder', instructions: '', depends_on, on_failure: 'retry', max_attempts: 2 })
const form = { goal: 'Compare', tasks: [task('read'), task('bench', 'read'), task('report', 'bench')] }

test('what waited for a removed task waits for what it waited for', () => {
  expect(removeTask(form, 'bench').tasks.map(({ key, depends_on }) => [key, depends_on])).toEqual([['read', []], ['report', ['read']]])
})

test('a new task gets a key that nobody has', () => {
  const twice = addTask(addTask({ goal: '', tasks: [task('task-2')] }, 'coder'), 'coder')
  expect(new Set(twice.tasks.map(({ key }) => key)).size).toBe(3)
})

test('a task may wait only for what does not wait for it', () => {
  expect(waitsFor(form.tasks, 'report', 'read')).toBe(true)
  expect(choices(form.tasks, 'read')).toEqual([])
  expect(choices(form.tasks, 'bench').map(({ key }) => key)).toEqual(['read'])
})

describe('what must be mended', () => {
  const mistakes = (tasks: TaskBody[]) => Object.fromEntries(checkTasks(tasks, ['coder', 'tester']))
  test('a title, an agent of the team, a number of tries', () => {
    expect(mistakes([{ ...task('a'), title: ' ' }, { ...task('b'), agent: '' }, { ...task('c'), agent: 'nobody' }, { ...task('d'), max_attempts: 0 }, task('e')]))
      .toEqual({ a: 'needsTitle', b: 'needsAgent', c: 'unknownAgent', d: 'badAttempts' })
  })
  test('a circle', () => expect(mistakes([task('a', 'b'), task('b', 'a')])).toEqual({ a: 'circle', b: 'circle' }))
  test('a goal and at least one task', () => {
    expect(checkPlan({ goal: ' ', tasks: [] })).toBe('needsGoal')
    expect(checkPlan({ goal: 'x', tasks: [] })).toBe('needsTasks')
    expect(checkPlan(form)).toBeNull()
  })
})

test('a task without instructions is told its title', () => {
  expect(toBody({ goal: ' x ', tasks: [{ ...task('a'), title: ' Read ' }] })).toMatchObject({ goal: 'x', tasks: [{ title: 'Read', instructions: 'Read' }] })
})

test('a plan is changed when anything of it is', () => {
  const plan = { ...form, tasks: form.tasks.map((item) => ({ ...item, status: 'waiting', run_id: null })) } as unknown as Plan
  expect(isChanged(plan, formOf(plan))).toBe(false)
  expect(isChanged(plan, changeTask(formOf(plan), 'read', { agent: 'tester' }))).toBe(true)
})
