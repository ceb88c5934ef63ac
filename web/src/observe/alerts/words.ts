import type { T } from '@/i18n'
import { count, money } from '@/lib/format'
import type { Rule } from './data'
import type { Kind } from './kinds'

/** A measured value or a threshold in the unit of its kind. */
export function amount(t: T<'alerts'>, kind: Kind, value: number): string {
  if (kind === 'error_rate') return `${count(Math.round(value * 10) / 10)} %`
  if (kind === 'budget_burn') return money(String(value))
  if (kind === 'slow_query') return t('ms', { n: count(Math.round(value)) })
  if (kind === 'stuck_agent') return t('minutes', { n: Math.round(value * 10) / 10 })
  return t('events', { n: Math.round(value) })
}

/** The rule in one sentence. */
export function sentence(t: T<'alerts'>, rule: Rule): string {
  const core = t(`say_${rule.kind}`, { amount: amount(t, rule.kind, rule.threshold), window: span(t, rule.window_seconds) })
  const where = [rule.source, rule.agent && `@${rule.agent}`, rule.types.join(', '), rule.text && `“${rule.text}”`].filter((part) => part)
  return where.length > 0 ? `${core} · ${where.join(' · ')}` : core
}

/** "5 min", "2 h". */
export function span(t: T<'alerts'>, seconds: number): string {
  return seconds % 3600 === 0 ? t('hours', { n: seconds / 3600 }) : t('minutes', { n: Math.round(seconds / 6) / 10 })
}
