import type { Schedule, ScheduleBody } from '../api/types'
import { parseCron } from './cron'

export interface ScheduleForm { name: string; cron: string; timezone: string; text: string; agent: string; session_id: string }
export type ScheduleMistake = 'needed' | 'badCron' | 'badZone'

export const presets = ['0 9 * * 1-5', '0 * * * *', '0 8 * * *', '0 9 * * 1', '0 9 1 * *'] as const

export function formOf(schedule: Schedule | undefined, zone: string): ScheduleForm {
  if (!schedule) return { name: '', cron: presets[0], timezone: zone, text: '', agent: '', session_id: '' }
  const { name, cron, timezone, text, agent, session_id } = schedule
  return { name, cron, timezone, text, agent: agent ?? '', session_id: session_id ?? '' }
}

export const toBody = ({ name, cron, timezone, text, agent, session_id }: ScheduleForm): Omit<ScheduleBody, 'status' | 'mode'> =>
  ({ name: name.trim(), cron: cron.trim(), timezone, text: text.trim(), agent: agent || null, session_id: session_id || null })

export function isZone(name: string): boolean {
  try { return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' } catch { return false }
}

export function checkSchedule({ name, cron, timezone, text }: ScheduleForm): Partial<Record<keyof ScheduleForm, ScheduleMistake>> {
  return {
    ...(name.trim() === '' && { name: 'needed' as const }), ...(text.trim() === '' && { text: 'needed' as const }),
    ...(parseCron(cron) === null && { cron: 'badCron' as const }), ...(!isZone(timezone) && { timezone: 'badZone' as const }),
  }
}
