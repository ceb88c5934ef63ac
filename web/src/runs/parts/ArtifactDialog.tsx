import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { Pane } from '@/artifacts/Pane'
import { useT } from '@/i18n'
import { Dialog } from '@/ui'
import { artifactQuery } from '../api/queries'
import '@/artifacts/dock.css'

/** One result with all that can be done with it, over the screen. */
export default function ArtifactDialog({ id, onClose }: { id: string; onClose: () => void }): ReactNode {
  const t = useT('runs')
  const query = useQuery(artifactQuery(id))
  return (
    <Dialog open size="l" className="artifact-dialog" title={query.data?.title ?? t('artifact')} onClose={onClose}>
      <div className="dock"><Loaded query={query}>{(artifact) => <Pane artifact={artifact} chatId={artifact.chat_id} onGone={onClose} />}</Loaded></div>
    </Dialog>
  )
}
