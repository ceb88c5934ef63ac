import { expect, test } from 'vitest'
import { hex, hueOf, paletteOf } from './colours'

test.each([[0, 1, 0.5, '#ff0000'], [120, 1, 0.5, '#00ff00'], [240, 1, 0.5, '#0000ff'], [0, 0, 1, '#ffffff'], [200, 0, 0, '#000000'], [225, 0.6, 0.68, '#7c95de']])('hsl(%i %d %d) is %s', (hue, saturation, lightness, expected) => {
  expect(hex(hue, saturation, lightness)).toBe(expected)
})

test('a kind that nobody knows has a hue of its own, always the same', () => {
  expect(hueOf('Invoice')).toBe(hueOf('Invoice'))
  expect(hueOf('Invoice')).toBeLessThan(360)
})

test('kinds differ from each other and from what is dimmed', () => {
  const { node, dim } = paletteOf('dark')
  const colours = ['Memory', 'Concept', 'Document', 'File', 'Session', 'Agent', 'Tool', 'Artifact', 'User'].map(node)
  expect(new Set([...colours, dim]).size).toBe(10)
})
