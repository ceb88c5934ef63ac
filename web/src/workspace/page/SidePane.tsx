import { lazy, Suspense, type ComponentType, type LazyExoticComponent, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Bot from 'lucide-react/icons/bot'
import Box from 'lucide-react/icons/box'
import Files from 'lucide-react/icons/files'
import GitBranch from 'lucide-react/icons/git-branch'
import Search from 'lucide-react/icons/search'
import Trash2 from 'lucide-react/icons/trash-2'
import Users from 'lucide-react/icons/users'
import { useT } from '@/i18n'
import { Spinner, Tabs } from '@/ui'
import { changesQuery, statusQuery } from '../api/queries'
import { useDesk } from '../open/context'
import type { Side } from '../open/desk'

const icons = { files: Files, search: Search, git: GitBranch, review: Bot, sandboxes: Box, people: Users, trash: Trash2 } satisfies Record<Side, unknown>
const sides = Object.keys(icons) as Side[]
const panels: Record<Side, LazyExoticComponent<ComponentType>> = {
  files: lazy(() => import('../tree/FilesPanel')),
  search: lazy(() => import('../search/SearchPanel')),
  git: lazy(() => import('../git/GitPanel')),
  review: lazy(() => import('../review/ReviewPanel')),
  sandboxes: lazy(() => import('../sandboxes/SandboxesPanel')),
  people: lazy(() => import('../people/PeoplePanel')),
  trash: lazy(() => import('../trash/TrashPanel')),
}

/** The pane at the left: files, search, changes and who is here, one at a time. */
export function SidePane(): ReactNode {
  const t = useT('workspaces')
  const shell = useT('shell')
  const { desk } = useDesk()
  const side = desk.use((state) => state.side)
  const counts = useCounts(desk.id)
  const Panel = panels[side]
  const items = sides.map((id) => {
    const Icon = icons[id]
    const count = counts[id] ?? 0
    return { id, label: <><span className="sr-only">{t(`side_${id}`)}</span>{count > 0 && <span className="ws-count">{count > 99 ? '99+' : count}</span>}</>, icon: <span data-tip={t(`side_${id}`)} className="ws-side-icon"><Icon size={16} aria-hidden /></span> }
  })
  return (
    <section className="ws-side" aria-label={t(`side_${side}`)}>
      <Tabs items={items} value={side} onChange={(id) => desk.use.setState({ side: id as Side })} label={t('sides')} panelId="ws-side-panel" className="ws-side-tabs" />
      <div className="ws-side-body" id="ws-side-panel" role="tabpanel" aria-label={t(`side_${side}`)}>
        <Suspense fallback={<div className="admin-wait"><Spinner label={shell('loading')} /></div>}><Panel /></Suspense>
      </div>
    </section>
  )
}

/** What waits behind a tab: changed files, and agents' edits nobody has looked at. */
function useCounts(id: string): Partial<Record<Side, number>> {
  const git = useQuery(statusQuery(id)).data?.files.length ?? 0
  const review = useQuery(changesQuery(id)).data?.length ?? 0
  return { git, review }
}
