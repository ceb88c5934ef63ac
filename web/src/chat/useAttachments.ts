import { useRef, useState } from 'react'
import { api } from '@/lib/api'
import { randomId } from '@/lib/ids'
import type { Attachment } from '@/lib/types'
import { toastError } from '@/ui'

export interface Upload { key: string; file: File; share: number; done: Attachment | null; failed: boolean }

/** Files on their way to a chat; `chatFor` gives the chat, making one when there is none yet. */
export function useAttachments(chatFor: () => Promise<string>) {
  const [uploads, setUploads] = useState<Upload[]>([])
  const stops = useRef(new Map<string, AbortController>())
  const change = (key: string, part: Partial<Upload>) => setUploads((all) => all.map((item) => (item.key === key ? { ...item, ...part } : item)))

  const begin = async (upload: Upload) => {
    const stop = new AbortController()
    stops.current.set(upload.key, stop)
    try {
      const path = `/my/chat/${await chatFor()}/attachments`
      const done = await api.upload<Attachment>(path, upload.file, { signal: stop.signal, onProgress: (share) => change(upload.key, { share }) })
      change(upload.key, { done, share: 1 })
    } catch (error) {
      if (stop.signal.aborted) return
      change(upload.key, { failed: true })
      toastError(error)
    }
  }

  const add = (files: Iterable<File>) => {
    const fresh = [...files].map((file): Upload => ({ key: randomId(), file, share: 0, done: null, failed: false }))
    setUploads((all) => [...all, ...fresh])
    fresh.forEach((upload) => void begin(upload))
  }

  const remove = (key: string) => {
    stops.current.get(key)?.abort()
    setUploads((all) => all.filter((item) => item.key !== key))
  }

  return {
    uploads, add, remove,
    clear: () => setUploads([]),
    isBusy: uploads.some((item) => item.done === null && !item.failed),
    ids: uploads.flatMap((item) => (item.done ? [item.done.id] : [])),
  }
}
