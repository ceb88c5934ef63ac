import { useSyncExternalStore } from 'react'
import type { SpanStatus } from '../api/types'
import type { Tone } from '../store/row'

/** The theme's colours as plain values, for canvases. */
export interface Palette {
  bg: string; panel: string; raised: string; line: string; strong: string; fg: string; muted: string; faint: string; accent: string; ok: string; warn: string; bad: string
  /** The mark of an agent with this hue. */
  hue: (hue: number) => string
  mono: string
  sans: string
}

const empty: Palette = {
  bg: '', panel: '', raised: '', line: '', strong: '', fg: '', muted: '', faint: '', accent: '', ok: '', warn: '', bad: '', hue: () => '', mono: 'monospace', sans: 'sans-serif',
}
let palette = empty
let theme: string | undefined

function read(): Palette {
  const now = document.documentElement.dataset.theme
  if (now === theme && palette !== empty) return palette
  theme = now
  const style = getComputedStyle(document.documentElement)
  const value = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const [saturation, lightness] = [value('ac'), value('dl')]
  palette = {
    bg: value('bg'), panel: value('panel'), raised: value('raised'), line: value('line'), strong: value('line-strong'), fg: value('fg'), muted: value('muted'), faint: value('faint'),
    accent: value('accent'), ok: value('ok'), warn: value('warn'), bad: value('bad'), hue: (hue) => `hsl(${hue} ${saturation} ${lightness})`, mono: value('mono'), sans: value('sans'),
  }
  return palette
}

function subscribe(listener: () => void): () => void {
  const watcher = new MutationObserver(listener)
  watcher.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  return () => watcher.disconnect()
}

/** The colours of the present theme; re-renders when it changes. */
export const usePalette = (): Palette => useSyncExternalStore(subscribe, read)

export function toneColour(tone: Tone, colours: Palette): string {
  switch (tone) {
    case 'ok': return colours.ok
    case 'bad': return colours.bad
    case 'denied': case 'ask': return colours.warn
    case 'start': case 'prompt': return colours.accent
    case 'session': case 'subagent': return colours.fg
    default: return colours.faint
  }
}

export function statusColour(status: SpanStatus, colours: Palette): string {
  switch (status) {
    case 'error': return colours.bad
    case 'denied': case 'waiting': return colours.warn
    case 'interrupted': return colours.faint
    case 'running': return colours.accent
    case 'ok': return colours.ok
  }
}
