import type { Namespaces } from '@/i18n/namespaces'

export type ColumnId = 'time' | 'type' | 'source' | 'project' | 'agent' | 'session' | 'tool' | 'summary' | 'took' | 'seq'
export interface EventColumn { id: ColumnId; labelKey: keyof Namespaces['observe'] & string; width_px: number; grows?: boolean }

export const columns: readonly EventColumn[] = [
  { id: 'time', labelKey: 'time', width_px: 104 },
  { id: 'type', labelKey: 'type', width_px: 168 },
  { id: 'source', labelKey: 'source', width_px: 112 },
  { id: 'project', labelKey: 'project', width_px: 120 },
  { id: 'agent', labelKey: 'agent', width_px: 132 },
  { id: 'session', labelKey: 'session', width_px: 92 },
  { id: 'tool', labelKey: 'tool', width_px: 96 },
  { id: 'summary', labelKey: 'summary', width_px: 220, grows: true },
  { id: 'took', labelKey: 'took', width_px: 76 },
  { id: 'seq', labelKey: 'seq', width_px: 76 },
]
export const usual: readonly ColumnId[] = ['time', 'type', 'source', 'agent', 'tool', 'summary', 'took']
const onPhone: readonly ColumnId[] = ['time', 'type', 'agent', 'summary']

const isColumn = (id: string): id is ColumnId => columns.some((column) => column.id === id)

/** The columns an address names, in their own order; the usual ones when it names none. */
export function readColumns(text: string | undefined): readonly ColumnId[] {
  const named = text?.split(',').filter(isColumn) ?? []
  return named.length === 0 ? usual : columns.map(({ id }) => id).filter((id) => named.includes(id))
}

export function writeColumns(chosen: readonly ColumnId[]): string | undefined {
  const isUsual = chosen.length === usual.length && usual.every((id) => chosen.includes(id))
  return isUsual ? undefined : chosen.join(',')
}

export const shownColumns = (chosen: readonly ColumnId[], isPhone: boolean): readonly EventColumn[] =>
  columns.filter(({ id }) => (isPhone ? onPhone : chosen).includes(id))

const gap_px = 12
const sides_px = 32

/** The columns as a grid's template, and the width below which the table scrolls sideways. */
export function measureColumns(shown: readonly EventColumn[]): { template: string; least_px: number } {
  return {
    template: shown.map(({ width_px, grows }) => (grows ? `minmax(${width_px}px, 1fr)` : `${width_px}px`)).join(' '),
    least_px: shown.reduce((sum, { width_px }) => sum + width_px + gap_px, sides_px - gap_px),
  }
}
