import { lazy, Suspense, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { useParams } from '@/lib/router'
import { Spinner } from '@/ui'
import { RunList } from './RunList'

const RunPage = lazy(() => import('../run/RunPage'))
const ComparePage = lazy(() => import('../compare/ComparePage'))

/** All runs, one of them, or two beside each other. */
export default function RunsPage(): ReactNode {
  const t = useT('shell')
  const { _splat: path = '' } = useParams()
  const [id = ''] = path.split('/')
  if (id === '') return <RunList />
  return (
    <Suspense fallback={<div className="admin-wait"><Spinner label={t('loading')} /></div>}>
      {id === 'compare' ? <ComparePage /> : <RunPage key={id} id={id} />}
    </Suspense>
  )
}
