import { useEffect } from 'react'
import { live } from '@/lib/live'
import { useSession } from '@/lib/session'
import { toastError } from '@/ui'
import type { PathChange, WorkspaceChanged } from '../api/types'
import type { Desk } from './desk'
import { isWithin } from './text'

type By = WorkspaceChanged['by']

/** Tells what is open on the desk of what happened to its files. */
export function tell(desk: Desk, { path, kind, from, etag }: PathChange, by: string | null): void {
  if (kind === 'moved' && from) desk.moved(from, path)
  else if (kind === 'deleted') desk.removed(path)
  else {
    const changed = [...desk.files.values()].filter((file) => file.path === path || (kind === 'folder' && isWithin(path, file.path)))
    for (const file of changed) file.heard(file.path === path ? etag : undefined, by).catch(toastError)
  }
}

/** Keeps the open files as new as the stream. What may have been missed is asked for. */
export function useDeskLive(desk: Desk, nameOf: (by: By) => string | null): void {
  useEffect(() => {
    const renew = () => { for (const file of desk.files.values()) file.heard(undefined).catch(toastError) }
    return live.listen({
      event: (event) => {
        if (event.type !== 'workspace_changed' || event.data.workspace_id !== desk.id) return
        const { paths, truncated, by } = event.data
        const isMine = by.user_id === useSession.getState().user?.id
        for (const change of paths) tell(desk, change, isMine ? null : nameOf(by))
        if (truncated) renew()
      },
      covered: renew,
    })
  }, [desk, nameOf])
}
