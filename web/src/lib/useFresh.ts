import { useEffect } from 'react'
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import type { TeamEvent } from './events'
import { live } from './live'

type Key = readonly unknown[]

/** Changes come in bursts: what they make old is asked anew together. */
const pause_ms = 300

/** Keeps answers as new as the stream, for as long as a screen is shown. `made_old` says what an event makes old, `all` what may be old after a gap; both must stay the same functions. */
export function useFresh(made_old: (client: QueryClient, event: TeamEvent) => Key[], all: () => Key[]): void {
  const client = useQueryClient()
  useEffect(() => {
    const old = new Map<string, Key>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const renew = () => {
      timer = undefined
      for (const queryKey of old.values()) void client.invalidateQueries({ queryKey })
      old.clear()
    }
    const mark = (marked: Key[]) => {
      for (const key of marked) old.set(key.join(' '), key)
      if (old.size > 0) timer ??= setTimeout(renew, pause_ms)
    }
    const stop = live.listen({ event: (event) => mark(made_old(client, event)), covered: () => mark(all()) })
    return () => { stop(); clearTimeout(timer) }
  }, [client, made_old, all])
}
