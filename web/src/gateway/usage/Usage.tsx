import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Coins from 'lucide-react/icons/coins'
import Download from 'lucide-react/icons/download'
import { Page } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { saveBlob } from '@/lib/download'
import { Link } from '@/lib/router'
import { Button, EmptyState, ErrorState, Spinner, Tabs } from '@/ui'
import { usageQuery } from '../api/queries'
import type { Usage as Answer } from '../api/types'
import { setSearch } from '../parts/address'
import { Calls } from './Calls'
import { usageCsv } from './csv'
import { Over } from './Over'
import { dayOf } from './range'
import { RangeBar } from './RangeBar'
import { Totals } from './Totals'
import { UsageTable } from './UsageTable'
import { useChosen, type Chosen } from './useUsage'
import './usage.css'

/** What went through the gateway: how much, for whom, at what cost. */
export default function Usage(): ReactNode {
  const t = useT('gateway')
  const chosen = useChosen()
  const { reach, range, by } = chosen
  const query = useQuery(usageQuery(reach, { ...range, by }))
  return (
    <Page title={t('usage')} lead={t('usageLead')}>
      <RangeBar chosen={chosen} />
      {query.data ? <Report answer={query.data} chosen={chosen} />
        : query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          : <div className="admin-wait"><Spinner label={t('loading')} /></div>}
    </Page>
  )
}

function Report({ answer, chosen }: { answer: Answer; chosen: Chosen }): ReactNode {
  const t = useT('gateway')
  if (answer.total.calls === 0) {
    return (
      <EmptyState icon={<Coins size={20} />} title={t('usageEmpty')} actions={<><Link className="btn" to="/gateway/playground">{t('playground')}</Link><Link className="btn" to="/gateway/models">{t('connectClient')}</Link></>}>
        <p>{t('usageEmptyDetail')}</p>
      </EmptyState>
    )
  }
  return (
    <>
      <Totals total={answer.total} />
      <Over answer={answer} chosen={chosen} />
      <Breakdown answer={answer} chosen={chosen} />
      {chosen.reach === 'mine' && <Calls range={chosen.range} />}
    </>
  )
}

const groupLabels = { day: 'byDay', model: 'byModel', provider: 'byProvider', agent: 'byAgent', key: 'byKey', door: 'byDoor', session: 'bySession', user: 'byUser' } as const

function Breakdown({ answer, chosen }: { answer: Answer; chosen: Chosen }): ReactNode {
  const t = useT('gateway')
  const { by, groups, range } = chosen
  const save = () => saveBlob(new Blob([usageCsv(by, answer.items)], { type: 'text/csv' }), `usage-by-${by}-${dayOf(range.from)}-${dayOf(range.to - 1)}.csv`)
  return (
    <section className="usage-panel usage-flush">
      <div className="usage-tabs">
        <Tabs label={t('breakdown')} panelId="usage-by" value={by} onChange={(next) => setSearch({ by: next })} items={groups.map((id) => ({ id, label: t(groupLabels[id]) }))} />
        <Button size="s" icon={<Download size={13} />} aria-label={t('csvOf', { what: t(groupLabels[by]) })} onClick={save}>CSV</Button>
      </div>
      <div id="usage-by" role="tabpanel" aria-label={t(groupLabels[by])}><UsageTable by={by} rows={answer.items} /></div>
    </section>
  )
}
