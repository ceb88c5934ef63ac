import { useRef, type KeyboardEvent } from 'react'
import { afterPaint } from '@/lib/afterPaint'
import { toastError } from '@/ui'
import type { ChatStore } from './store'

interface Ends { toStart: () => void; toEnd: () => void }

/** Home goes to the first message there is, fetching what lies before; End to the last. Any other touch of the list calls it off. */
export function useEnds(store: ChatStore, { toStart, toEnd }: Ends) {
  const isGoing = useRef(false)
  const stop = () => { isGoing.current = false }
  const goToStart = async () => {
    isGoing.current = true
    await store.loadAll()
    // The pages must be in the list first: their coming keeps the reader where they are.
    afterPaint(() => afterPaint(() => { if (isGoing.current) toStart(); stop() }))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    stop()
    const isPlain = event.target === event.currentTarget && !event.altKey && !event.metaKey && !event.shiftKey
    if (!isPlain || (event.key !== 'Home' && event.key !== 'End')) return
    event.preventDefault()
    if (event.key === 'End') toEnd()
    else void goToStart().catch(toastError)
  }
  return { onKeyDown, onWheel: stop, onPointerDown: stop }
}
