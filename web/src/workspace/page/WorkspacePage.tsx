import { useCallback, useEffect, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/http'
import { useLeaveGuard, useSearch } from '@/lib/router'
import { useMedia } from '@/lib/useMedia'
import { NotFound } from '@/shell/NotFound'
import { confirm, ErrorState, Spinner } from '@/ui'
import { workspaceQuery } from '../api/queries'
import type { Workspace } from '../api/types'
import { DeskContext } from '../open/context'
import { deskOf, type Desk } from '../open/desk'
import { Main } from '../open/Main'
import { useDeskLive } from '../open/useDeskLive'
import { Shells } from '../shells/Shells'
import { Edge } from './Edge'
import { Header } from './Header'
import { PaneSwitch } from './PaneSwitch'
import { SidePane } from './SidePane'
import { useNames } from './useNames'
import './page.css'

/** One workspace: its files beside the editor, and the terminal below. */
export default function WorkspacePage({ id }: { id: string }): ReactNode {
  const t = useT('workspaces')
  const query = useQuery(workspaceQuery(id))
  useEffect(() => { if (query.data) document.title = `${query.data.name} · ${t('workspaces')} · Entourage` }, [query.data, t])
  if (query.data) return <Laid desk={deskOf(id)} workspace={query.data} />
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return <div className="admin-wait"><Spinner label={t('workspaces')} /></div>
}

function Laid({ desk, workspace }: { desk: Desk; workspace: Workspace }): ReactNode {
  const isPhone = useMedia('(max-width: 760px)')
  const { pane, shellShown, side_px, shell_px } = desk.use()
  useDeskLive(desk, useNames(desk.id))
  useUnsaved(desk)
  useAddress(desk)
  const canWrite = workspace.role !== 'viewer'
  return (
    <DeskContext value={{ desk, workspace, canWrite }}>
      <div className="ws" data-pane={pane} style={{ '--side': `${side_px}px`, '--shell': `${shell_px}px` }}>
        <Header />
        <div className="ws-body">
          <SidePane />
          {!isPhone && <Edge axis="x" />}
          <div className="ws-work">
            <Main />
            {(isPhone ? pane === 'shell' : shellShown) && <>{!isPhone && <Edge axis="y" />}<Shells /></>}
          </div>
        </div>
        {isPhone && <PaneSwitch />}
      </div>
    </DeskContext>
  )
}

/** Asks before the page is left with something unsaved. */
function useUnsaved(desk: Desk): void {
  const t = useT('workspaces')
  const isAny = desk.use((state) => state.dirty.length > 0)
  useLeaveGuard(isAny, useCallback(() => confirm({ title: t('leaveTitle'), detail: t('leaveText', { files: desk.unsaved.map(({ path }) => path).join(', ') }), action: t('leave'), danger: true }), [desk, t]))
}

/** Opens what the address names: `?file=src/a.py&line=12`. */
function useAddress(desk: Desk): void {
  const { file, line } = useSearch()
  useEffect(() => { if (file) desk.open({ kind: 'file', path: file }, line ? Number(line) : undefined) }, [desk, file, line])
}
