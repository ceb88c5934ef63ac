import { expect, it } from 'vitest'
import { hueOf } from '@/observe/parts/hue'
import { huesFor } from './hues'

it('names side by side are told apart, the first keeps its own hue', () => {
  const names = Array.from({ length: 7 }, (_, index) => `model-${index}`)
  const hues = [...huesFor(names).values()].sort((a, b) => a - b)
  expect(huesFor(names).get('model-0')).toBe(hueOf('model-0'))
  hues.forEach((hue, index) => expect(index === 0 || hue - hues[index - 1]! >= 24).toBe(true))
  expect(360 - hues.at(-1)! + hues[0]!).toBeGreaterThanOrEqual(24)
})
