import { expect, test } from 'vitest'
import { checkSchedule, formOf, isZone, toBody } from './form'

test('a new schedule begins with a line that can be read, in the person’s zone', () => {
  const form = formOf(undefined, 'Europe/Lisbon')
  expect(checkSchedule({ ...form, name: 'Morning', text: 'Read the news' })).toEqual({})
  expect(form.timezone).toBe('Europe/Lisbon')
})

test('what is missing or cannot be read is told at its field', () => {
  expect(checkSchedule({ name: ' ', cron: '61 * * * *', timezone: 'Mars/Base', text: '', agent: '', session_id: '' })).toEqual({ name: 'needed', text: 'needed', cron: 'badCron', timezone: 'badZone' })
})

test('nothing chosen is sent as nothing', () => {
  expect(toBody({ ...formOf(undefined, 'UTC'), name: ' a ', text: 'b ' })).toMatchObject({ name: 'a', text: 'b', agent: null, session_id: null })
})

test('zones are those that the browser knows', () => expect([isZone('America/Sao_Paulo'), isZone('nowhere')]).toEqual([true, false]))
