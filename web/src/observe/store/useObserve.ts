import { useCallback, useEffect, useSyncExternalStore } from 'react'
import type { Filters } from '../filters/filters'
import { ObserveStore, type Topic } from './store'

/** The screen's one store; it lives while any tab of the screen is shown. */
export const observe = new ObserveStore()

/** Re-renders on each change of the topic, at most once a frame. */
export function useTopic(topic: Topic): ObserveStore {
  const subscribe = useCallback((listener: () => void) => observe.listen(topic, listener), [topic])
  useSyncExternalStore(subscribe, () => observe.version(topic))
  return observe
}

/** Keeps the stream on what the filters let through while the screen is shown. */
export function useStream(filters: Filters): void {
  const key = JSON.stringify(filters)
  // The same filters are made anew with each change of the address.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  useEffect(() => observe.show(filters), [key])
  useEffect(() => () => observe.stop(), [])
}
