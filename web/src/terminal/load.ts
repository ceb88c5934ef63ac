import { defineAdoptedStyle } from '@/lib/adoptedStyle'

let loading: Promise<typeof import('./make')> | undefined

/** Fetches the terminal's code once. A failure is forgotten, so that the next call tries again. */
export function loadXterm(): Promise<typeof import('./make')> {
  defineAdoptedStyle()
  loading ??= import('./make').catch((error: unknown) => { loading = undefined; throw error })
  return loading
}
