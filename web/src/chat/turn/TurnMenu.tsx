import { lazy, Suspense, useState } from 'react'
import Ellipsis from 'lucide-react/icons/ellipsis'
import GitFork from 'lucide-react/icons/git-fork'
import Workflow from 'lucide-react/icons/workflow'
import { useT } from '@/i18n'
import { navigate } from '@/lib/router'
import type { Message, ToolCallPart } from '@/lib/types'
import { IconButton, Menu, type MenuEntry } from '@/ui'
import { summaryOf } from '../summary'

const ForkDialog = lazy(() => import('@/runs/run/ForkDialog'))
const most_calls = 8

/** What can be done with the run behind a turn: look at its steps, or go on from one of them otherwise. */
export default function TurnMenu({ message }: { message: Message }) {
  const t = useT('chat')
  const [forked, setForked] = useState<{ call?: string } | null>(null)
  const { run_id: runId } = message
  if (runId === null) return null
  const calls = message.parts.filter((part): part is ToolCallPart => part.type === 'tool_call').slice(-most_calls)
  const items: MenuEntry[] = [
    { id: 'run', label: t('openSteps'), icon: <Workflow size={14} />, onSelect: () => void navigate({ to: `/runs/${runId}` }) },
    { id: 'fork', label: t('forkTurn'), icon: <GitFork size={14} />, onSelect: () => setForked({}) },
    ...(calls.length > 0 ? [{ id: 'head', heading: t('forkFrom') }] : []),
    ...calls.map((call) => ({ id: call.tool_call_id, label: <><span className="mono">{call.tool}</span> <span className="faint">{summaryOf(call.args)}</span></>, onSelect: () => setForked({ call: call.tool_call_id }) })),
  ]
  return (
    <>
      <Menu label={t('turnMenu')} items={items} trigger={(props) => <IconButton size="s" label={t('turnMenu')} icon={<Ellipsis size={14} />} {...props} />} />
      {forked && <Suspense><ForkDialog runId={runId} {...forked} onClose={() => setForked(null)} /></Suspense>}
    </>
  )
}
