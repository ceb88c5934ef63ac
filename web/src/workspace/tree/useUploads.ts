import { useRef, useState } from 'react'
import { randomId } from '@/lib/ids'
import { batches, formOf, type Batch, type Chosen } from '@/memory/documents/files'
import { toastError } from '@/ui'
import { files } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import { useDesk } from '../open/context'

/** Files on their way to the server, with the share that is there. */
export interface Sending { key: string; files: number; bytes: number; share: number; stop: () => void }

/** Sends files into folders of the workspace, one request after the other. */
export function useUploads(): { sending: Sending[]; send: (folder: string, chosen: readonly Chosen[]) => void } {
  const { desk: { id } } = useDesk()
  const refresh = useRefresh()
  const [sending, setSending] = useState<Sending[]>([])
  const queue = useRef<Promise<void>>(Promise.resolve())
  const carry = async (key: string, folder: string, batch: Batch, signal: AbortSignal): Promise<void> => {
    try {
      signal.throwIfAborted()
      await files.upload(id, folder, formOf(batch), { onProgress: (share) => setSending((all) => all.map((item) => (item.key === key ? { ...item, share } : item))), signal })
    } catch (error) {
      if (!signal.aborted) toastError(error)
    } finally {
      setSending((all) => all.filter((item) => item.key !== key))
      await refresh(keys.trees(id), keys.git(id), keys.one(id))
    }
  }
  const send = (folder: string, chosen: readonly Chosen[]): void => {
    for (const batch of batches(chosen)) {
      const [key, stop] = [randomId(), new AbortController()]
      setSending((all) => [...all, { key, files: batch.files.length, bytes: batch.bytes, share: 0, stop: () => stop.abort() }])
      queue.current = queue.current.then(() => carry(key, folder, batch, stop.signal))
    }
  }
  return { sending, send }
}
