/** Hues that lie far apart for the kinds that are always there; others get one from their name. */
const hues: Record<string, number> = { Memory: 225, Concept: 265, Document: 35, File: 55, Session: 190, Agent: 150, Tool: 330, Artifact: 95, User: 10, Person: 10 }

export function hueOf(kind: string): number {
  return hues[kind] ?? [...kind].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7) % 360
}

/** The drawing library does not read `hsl()`. Saturation and lightness are shares. */
export function hex(hue: number, saturation: number, lightness: number): string {
  const strength = saturation * Math.min(lightness, 1 - lightness)
  const part = (offset: number) => {
    const place = (offset + hue / 30) % 12
    return Math.round(255 * (lightness - strength * Math.max(-1, Math.min(place - 3, 9 - place, 1)))).toString(16).padStart(2, '0')
  }
  return `#${part(0)}${part(8)}${part(4)}`
}

export interface Palette { node: (kind: string) => string; dim: string; edge: string; strong: string; label: string; plate: string; line: string }

/** The colours of the page's theme, read from its tokens. */
export function paletteOf(theme: 'dark' | 'light'): Palette {
  const isDark = theme === 'dark'
  return {
    node: (kind) => hex(hueOf(kind), isDark ? 0.6 : 0.62, isDark ? 0.68 : 0.44), dim: isDark ? '#262b33' : '#dfdfdb', edge: isDark ? '#2b313a' : '#d6d7d4', strong: isDark ? '#7aa2ff' : '#2f5fd8',
    label: isDark ? '#c9ced6' : '#2d3238', plate: isDark ? '#1a1e24' : '#ffffff', line: isDark ? '#4a5260' : '#8b929b',
  }
}
