import { useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Button, Field, Input } from '@/ui'
import { dayTime } from '../chart/ticks'
import { Popover } from './Facet'
import { spans_ms, type Filters, type Last } from './filters'

const labels = { '15m': 'last15m', '1h': 'last1h', '6h': 'last6h', '24h': 'last24h', '7d': 'last7d', '30d': 'last30d' } as const
const minute_ms = 60_000

/** What `<input type=datetime-local>` takes for a moment: local time without a zone. */
const toLocal = (at: number | null): string => (at === null ? '' : new Date(at - new Date(at).getTimezoneOffset() * minute_ms).toISOString().slice(0, 16))
const fromLocal = (text: string): number | null => (text === '' ? null : new Date(text).getTime())

/** Chooses a rolling span of time or two moments. */
export function TimeFacet({ filters, onChange }: { filters: Filters; onChange: (part: Partial<Filters>) => void }): ReactNode {
  const t = useT('observe')
  const { last, from, to } = filters
  const isOn = last !== null || from !== null || to !== null
  const words = last !== null ? t(labels[last]) : isOn ? `${from === null ? '…' : dayTime(from)} – ${to === null ? '…' : dayTime(to)}` : null
  return (
    <Popover label={t('time')} value={words} active={isOn}>
      {(close) => (
        <>
          <div className="facet-list" role="group" aria-label={t('time')}>
            {[null, ...(Object.keys(spans_ms) as Last[])].map((span) => (
              <button
                key={span ?? 'all'} type="button" className="menu-item" aria-pressed={span === null ? !isOn : last === span}
                onClick={() => { onChange({ last: span, from: null, to: null }); close() }}
              >
                {span === null ? t('anyTime') : t(labels[span])}
              </button>
            ))}
          </div>
          <Between from={from} to={to} onChange={(part) => { onChange({ last: null, ...part }); close() }} />
        </>
      )}
    </Popover>
  )
}

function Between({ from, to, onChange }: { from: number | null; to: number | null; onChange: (part: { from: number | null; to: number | null }) => void }): ReactNode {
  const t = useT('observe')
  const [begin, setBegin] = useState(toLocal(from))
  const [end, setEnd] = useState(toLocal(to))
  return (
    <form className="facet-between" onSubmit={(event) => { event.preventDefault(); onChange({ from: fromLocal(begin), to: fromLocal(end) }) }}>
      <Field label={t('from')}>{(control) => <Input {...control} type="datetime-local" value={begin} onChange={(event) => setBegin(event.target.value)} />}</Field>
      <Field label={t('to')}>{(control) => <Input {...control} type="datetime-local" value={end} onChange={(event) => setEnd(event.target.value)} />}</Field>
      <Button type="submit" size="s" variant="primary">{t('apply')}</Button>
    </form>
  )
}
