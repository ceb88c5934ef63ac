import { hueOf } from '@/observe/parts/hue'

const step = 47
const near = 24

/** Hues for names that stand beside each other: everyone's own, unless one like it is taken by a name before. */
export function huesFor(names: readonly string[]): Map<string, number> {
  const hues = new Map<string, number>()
  for (const name of names) {
    let hue = hueOf(name)
    for (let tries = 0; tries < 8 && [...hues.values()].some((other) => isNear(hue, other)); tries++) hue = (hue + step) % 360
    hues.set(name, hue)
  }
  return hues
}

const isNear = (a: number, b: number): boolean => Math.min(Math.abs(a - b), 360 - Math.abs(a - b)) < near
