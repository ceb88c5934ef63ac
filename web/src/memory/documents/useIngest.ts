import { useRef, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { randomId } from '@/lib/ids'
import type { Page } from '@/lib/types'
import { toastError } from '@/ui'
import { documents, type IngestAsk } from '../api/calls'
import { keyIn, keys } from '../api/queries'
import type { Job } from '../api/types'
import { withJob } from '../api/useLive'
import { batches, formOf, type Batch, type Chosen } from './files'

/** A request on its way to the server, with the share that is there. */
export interface Sending { key: string; files: number; bytes: number; share: number; stop: () => void }

/** Sends what is to be remembered; the jobs that come of it are put into the list of jobs. */
export function useIngest(workspace?: string) {
  const client = useQueryClient()
  const [sending, setSending] = useState<Sending[]>([])
  const queue = useRef<Promise<void>>(Promise.resolve())
  const change = (key: string, part: Partial<Sending>) => setSending((all) => all.map((item) => (item.key === key ? { ...item, ...part } : item)))
  const keep = (job: Job) => {
    client.setQueryData<Page<Job>>(keyIn(keys.jobs, workspace), (page) => withJob(page ?? { items: [], next_cursor: null }, job))
    void client.invalidateQueries({ queryKey: keys.jobs })
  }

  const carry = async (key: string, batch: Batch, tags: readonly string[], signal: AbortSignal): Promise<void> => {
    try {
      signal.throwIfAborted()
      keep(await documents.upload(formOf(batch, tags, workspace), (share) => change(key, { share }), signal))
    } catch (error) {
      if (!signal.aborted) toastError(error)
    } finally {
      setSending((all) => all.filter((item) => item.key !== key))
    }
  }

  const send = (chosen: readonly Chosen[], tags: readonly string[]): void => {
    for (const batch of batches(chosen)) {
      const [key, stop] = [randomId(), new AbortController()]
      setSending((all) => [...all, { key, files: batch.files.length, bytes: batch.bytes, share: 0, stop: () => stop.abort() }])
      queue.current = queue.current.then(() => carry(key, batch, tags, stop.signal))
    }
  }

  /** Takes in a page of the web or a text; true when the server has it. */
  const add = async (ask: IngestAsk): Promise<boolean> => {
    try {
      keep(await documents.ingest({ ...ask, workspace }))
      return true
    } catch (error) {
      toastError(error)
      return false
    }
  }

  return { sending, send, add }
}
