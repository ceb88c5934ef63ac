import { useState, type ReactNode } from 'react'
import Gauge from 'lucide-react/icons/gauge'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/http'
import { useSession } from '@/lib/session'
import { EmptyState, ErrorState, Spinner, Switch } from '@/ui'
import { usePerformance, useSamples, type PerformanceReport, type Sample } from './data'
import { Caches, Engines, Routes, SlowQueries } from './Tables'
import { Tiles } from './Tiles'
import './performance.css'

/** How the server itself is doing; for admins, since it tells about everybody's load. */
export default function Performance(): ReactNode {
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  return isAdmin ? <Live /> : <ForAdmins />
}

function ForAdmins(): ReactNode {
  const t = useT('performance')
  return (
    <EmptyState icon={<Gauge size={20} />} title={t('forAdmins')}>
      <p>{t('forAdminsDetail')}</p>
    </EmptyState>
  )
}

function Live(): ReactNode {
  const t = useT('performance')
  const [isLive, setIsLive] = useState(true)
  const query = usePerformance(isLive)
  const samples = useSamples(query)
  if (query.error instanceof ApiError && query.error.status === 403) return <ForAdmins />
  return (
    <div className="perf">
      <header className="perf-head">
        <div className="grow">
          <h2>{t('title')}</h2>
          <p className="small muted">{t('lead')}</p>
        </div>
        <Switch checked={isLive} onChange={setIsLive} label={t('live')} />
      </header>
      {query.data ? (
        <Report report={query.data} samples={samples} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div className="perf-wait"><Spinner label={t('loading')} /></div>
      )}
    </div>
  )
}

function Report({ report, samples }: { report: PerformanceReport; samples: readonly Sample[] }): ReactNode {
  const t = useT('performance')
  return (
    <>
      <Tiles report={report} samples={samples} />
      <div className="perf-pair">
        <section><h3>{t('engines')}</h3><Engines items={report.engines} /></section>
        <section><h3>{t('caches')}</h3><Caches items={report.caches} /></section>
      </div>
      <section>
        <h3>{t('routes')}</h3>
        <p className="tiny muted">{t('routesLead')}</p>
        <Routes items={report.routes} />
      </section>
      <section>
        <h3>{t('slow')}</h3>
        <p className="tiny muted">{t('slowLead')}</p>
        <SlowQueries items={report.slow_queries} />
      </section>
    </>
  )
}
