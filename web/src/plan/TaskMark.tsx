import type { ReactNode } from 'react'
import Check from 'lucide-react/icons/check'
import Circle from 'lucide-react/icons/circle'
import CircleStop from 'lucide-react/icons/circle-stop'
import Hand from 'lucide-react/icons/hand'
import SkipForward from 'lucide-react/icons/skip-forward'
import X from 'lucide-react/icons/x'
import type { TaskStatus } from '@/lib/plan'
import './task.css'

const waits = <Circle size={13} className="faint" />
const marks: Record<TaskStatus, ReactNode> = {
  waiting: waits, queued: waits,
  running: <span className="pulse tone-accent" />,
  asking: <Hand size={14} className="tone-warn" />,
  succeeded: <Check size={14} className="tone-ok" />,
  failed: <X size={14} className="tone-bad" />,
  skipped: <SkipForward size={13} className="faint" />,
  cancelled: <CircleStop size={13} className="faint" />,
}

/** The state of a task as a small sign; its words stand beside it. */
export function TaskMark({ status }: { status: TaskStatus }): ReactNode {
  return <span className="task-mark" aria-hidden="true">{marks[status] ?? waits}</span>
}
