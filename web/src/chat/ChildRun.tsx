import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import ChevronRight from 'lucide-react/icons/chevron-right'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { duration } from '@/lib/format'
import type { Message, Run } from '@/lib/types'
import { Spinner, toastError } from '@/ui'
import { AgentParts } from './AgentParts'
import { useChat } from './context'
import { useHue } from '@/lib/useHue'
import { RunProblem } from './RunProblem'

interface ChildRunProps { child: { run_id: string; agent: string }; forceOpen: boolean; live: boolean }

/** What a called agent did, nested under the call; fetched when it is opened, live while it runs. */
export function ChildRun({ child, forceOpen, live }: ChildRunProps) {
  const t = useT('chat')
  const hue = useHue()
  const { store } = useChat()
  const [opened, setOpened] = useState(false)
  const message = useChild(child.run_id)
  const open = opened || forceOpen
  const isKnown = message !== undefined
  useEffect(() => {
    if (!open || isKnown) return
    api.get<Run>(`/my/runs/${child.run_id}`).then((run) => { if (run.message) store.putChild(run.message) }, toastError)
  }, [open, isKnown, child.run_id, store])
  return (
    <div className="child" style={{ '--h': hue(child.agent) }}>
      <button type="button" className="child-head" aria-expanded={open} onClick={() => setOpened(!open)}>
        <ChevronRight size={14} className="tool-fold" aria-hidden />
        <span className="hue-dot" aria-hidden="true" />
        <span className="hue">{child.agent}</span>
        <span className="faint tiny">{live ? <Spinner /> : message?.duration_ms != null && duration(message.duration_ms)}</span>
        <span className="sr-only">{t('childRun', { agent: child.agent })}</span>
      </button>
      {open && (message ? <ChildBody message={message} /> : <Spinner />)}
    </div>
  )
}

function ChildBody({ message }: { message: Message }) {
  return (
    <div className="child-body">
      <AgentParts message={message} />
      {message.error && <RunProblem message={message} error={message.error} isChild />}
    </div>
  )
}

function useChild(runId: string): Message | undefined {
  const { store } = useChat()
  const subscribe = useCallback((listener: () => void) => store.subscribeChild(runId, listener), [store, runId])
  return useSyncExternalStore(subscribe, () => store.childMessage(runId))
}
