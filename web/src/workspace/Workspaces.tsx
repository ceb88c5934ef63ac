import { lazy, Suspense, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { useParams } from '@/lib/router'
import { Spinner } from '@/ui'
import { useLive } from './api/useLive'
import '@/admin/parts/admin.css'
import './workspace.css'

const ListPage = lazy(() => import('./list/ListPage'))
const WorkspacePage = lazy(() => import('./page/WorkspacePage'))

/** Where people and agents work on the same files: all workspaces, or one of them. */
export default function Workspaces(): ReactNode {
  const shell = useT('shell')
  const { _splat: path = '' } = useParams()
  const [id] = path.split('/')
  useLive()
  return (
    <Suspense fallback={<div className="admin-wait"><Spinner label={shell('loading')} /></div>}>
      {id ? <WorkspacePage key={id} id={decodeURIComponent(id)} /> : <ListPage />}
    </Suspense>
  )
}
