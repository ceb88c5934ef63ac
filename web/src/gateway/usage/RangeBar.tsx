import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { Input } from '@/ui'
import { Segments } from '@/ui/Segments'
import type { Reach } from '../api/calls'
import { setSearch } from '../parts/address'
import { dayOf, spans, type Span } from './range'
import type { Chosen } from './useUsage'

const labels = { '24h': 'span24h', '7d': 'span7d', '30d': 'span30d', '90d': 'span90d' } as const

/** Which time is looked at, and for an admin whose usage. */
export function RangeBar({ chosen }: { chosen: Chosen }): ReactNode {
  const t = useT('gateway')
  const { span, range, reach, isAdmin } = chosen
  const between = { first: dayOf(range.from), last: dayOf(range.to - 1) }
  const choose = (next: Span | 'between') =>
    setSearch(next === 'between' ? { span: undefined, ...between } : { span: next === '7d' ? undefined : next, first: undefined, last: undefined })
  return (
    <div className="usage-bar">
      <Segments<Span | 'between'>
        label={t('range')} value={span ?? 'between'} onChange={choose}
        options={[...spans.map((value) => ({ value, label: t(labels[value]) })), { value: 'between' as const, label: t('spanOwn') }]}
      />
      {span === null && (
        <span className="row usage-between">
          <Input type="date" aria-label={t('firstDay')} value={between.first} max={between.last} onChange={(event) => { if (event.target.value) setSearch({ ...between, first: event.target.value }) }} />
          <span aria-hidden="true">–</span>
          <Input type="date" aria-label={t('lastDay')} value={between.last} min={between.first} onChange={(event) => { if (event.target.value) setSearch({ ...between, last: event.target.value }) }} />
        </span>
      )}
      <span className="grow" />
      {isAdmin && (
        <Segments<Reach>
          label={t('whose')} value={reach} onChange={(next) => setSearch({ of: next === 'mine' ? undefined : next, by: undefined })}
          options={[{ value: 'mine', label: t('mine') }, { value: 'everyone', label: t('everyone') }]}
        />
      )}
    </div>
  )
}
