import type { Call, UsageRow } from '../api/types'

type Cell = string | number | boolean | null | undefined

/** A sheet program would run what begins so: such a cell gets an apostrophe before it. Numbers are numbers. */
const RISKY = /^[=+\-@\t\r]/

function cell(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const safe = RISKY.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Rows as CSV (RFC 4180): the names first, lines ended by CR LF. */
export const csv = (header: readonly string[], rows: readonly (readonly Cell[])[]): string => [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')

const usage_columns = [
  'calls', 'errors', 'input_tokens', 'output_tokens', 'cached_tokens', 'reasoning_tokens', 'cost_usd', 'saved_usd', 'cache_hits', 'latency_ms_p50', 'first_token_ms_p50',
] as const

export const usageCsv = (by: string, rows: readonly UsageRow[]): string => csv([by, 'label', ...usage_columns], rows.map((row) => [row.key, row.label, ...usage_columns.map((name) => row[name])]))

const call_columns = [
  'id', 'at', 'status', 'error', 'door', 'alias', 'provider', 'model', 'agent', 'key_id', 'workspace', 'session_id', 'input_tokens', 'output_tokens', 'cached_tokens',
  'cache_write_tokens', 'reasoning_tokens', 'cost_usd', 'saved_usd', 'latency_ms', 'first_token_ms', 'cache', 'attempts', 'estimated',
] as const

export const callsCsv = (calls: readonly Call[]): string => csv(call_columns, calls.map((call) => call_columns.map((name) => call[name])))
