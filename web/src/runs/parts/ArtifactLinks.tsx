import { lazy, Suspense, useState, type ReactNode } from 'react'
import FileText from 'lucide-react/icons/file-text'
import type { ArtifactRef } from '@/lib/types'

const ArtifactDialog = lazy(() => import('./ArtifactDialog'))

/** Results as chips; one opens over the screen. */
export function ArtifactLinks({ artifacts }: { artifacts: readonly Pick<ArtifactRef, 'id' | 'title'>[] }): ReactNode {
  const [open, setOpen] = useState<string | null>(null)
  if (artifacts.length === 0) return null
  return (
    <div className="artifact-links">
      {artifacts.map(({ id, title }) => (
        <button key={id} type="button" className="artifact-link" onClick={() => setOpen(id)}><FileText size={14} aria-hidden /><span className="cut">{title || id.slice(0, 8)}</span></button>
      ))}
      {open !== null && <Suspense><ArtifactDialog id={open} onClose={() => setOpen(null)} /></Suspense>}
    </div>
  )
}
