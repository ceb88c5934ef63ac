import { lazy, Suspense, useEffect, type ReactNode } from 'react'
import FolderCode from 'lucide-react/icons/folder-code'
import { useT } from '@/i18n'
import { EmptyState, Kbd, Spinner, toastError } from '@/ui'
import { useDesk } from './context'
import { keyOf, type Desk, type Tab } from './desk'
import { FilePane } from './FilePane'
import { OpenTabs } from './OpenTabs'
import './open.css'

const DiffPane = lazy(() => import('../git/DiffPane'))
const ReviewPane = lazy(() => import('../review/ReviewPane'))

/** What is open, one tab at a time. */
export function Main(): ReactNode {
  const t = useT('workspaces')
  const shell = useT('shell')
  const { desk } = useDesk()
  const tabs = desk.use((state) => state.tabs)
  const active = desk.use((state) => state.active)
  const tab = tabs.find((item) => keyOf(item) === active)
  useSaveKey(desk)
  return (
    <section className="ws-main" aria-label={t('editor')}>
      {tabs.length > 0 && <OpenTabs />}
      <div className="ws-main-body" id="ws-main-panel" role={tab ? 'tabpanel' : undefined} aria-label={tab?.path}>
        <Suspense fallback={<div className="admin-wait"><Spinner label={shell('loading')} /></div>}>{tab ? <Pane tab={tab} /> : <Nothing />}</Suspense>
      </div>
    </section>
  )
}

function Pane({ tab }: { tab: Tab }): ReactNode {
  const { desk } = useDesk()
  if (tab.kind === 'file') return <FilePane file={desk.file(tab.path)} />
  if (tab.kind === 'diff') return <DiffPane key={keyOf(tab)} path={tab.path} staged={tab.staged} />
  return <ReviewPane key={keyOf(tab)} path={tab.path} />
}

function Nothing(): ReactNode {
  const t = useT('workspaces')
  return <div className="ws-nothing"><EmptyState icon={<FolderCode size={20} />} title={t('nothingOpen')}><p>{t('nothingOpenText')}</p><p className="ws-keys"><span><Kbd>Ctrl S</Kbd> {t('keySave')}</span><span><Kbd>Ctrl F</Kbd> {t('keyFind')}</span><span><Kbd>F2</Kbd> {t('rename')}</span></p></EmptyState></div>
}

/** Ctrl-S saves the file that is shown, wherever the focus is; the browser's own is for pages. */
function useSaveKey(desk: Desk): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.code !== 'KeyS') return
      event.preventDefault()
      const { active } = desk.use.getState()
      const file = active?.startsWith('file:') ? desk.files.get(active.slice(5)) : undefined
      if (file?.state.isDirty) file.save().catch(toastError)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [desk])
}
