import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { Segments } from '@/ui/Segments'
import { useDesk } from '../open/context'
import type { Pane } from '../open/desk'

const panes: readonly Pane[] = ['side', 'main', 'shell']

/** Which of the panes a phone shows. */
export function PaneSwitch(): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const pane = desk.use((state) => state.pane)
  return <div className="ws-switch"><Segments label={t('panes')} value={pane} onChange={(next) => desk.use.setState({ pane: next })} options={panes.map((value) => ({ value, label: t(`pane_${value}`) }))} /></div>
}
