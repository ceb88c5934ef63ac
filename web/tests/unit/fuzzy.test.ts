import { expect, test } from 'vitest'
import { fuzzy } from '@/lib/fuzzy'

const names = ['orchestrator', 'coder', 'researcher', 'universal', 'code-review']
const best = (query: string) => fuzzy(query, names, (name) => name)

test('the beginning counts most, then whole words, then letters in order', () => {
  expect(best('co')[0]).toBe('coder')
  expect(best('rev')[0]).toBe('code-review')
  expect(best('rsr')).toContain('researcher')
})

test('nothing asked leaves the order, nothing fitting leaves nothing', () => {
  expect(best('')).toEqual(names)
  expect(best('zq')).toEqual([])
})
