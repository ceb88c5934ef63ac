import { expect, test } from 'vitest'
import { row } from '../testing/rows'
import { everything, matches, narrowed, readFilters, timeRange, toQuery, writeFilters, type Filters } from './filters'

const some: Filters = { sources: ['codex', 'team'], types: ['hook.*'], agents: ['Explore'], session: 's1', text: 'make test', last: null, from: 1000, to: 9000 }
const clean = (search: Record<string, string | undefined>) => JSON.parse(JSON.stringify(search)) as Record<string, string>

test('what goes into the address comes out of it', () => {
  expect(readFilters(clean(writeFilters(some)))).toEqual(some)
  expect(readFilters(clean(writeFilters({ ...everything, last: '6h' })))).toEqual({ ...everything, last: '6h' })
  expect(clean(writeFilters(everything))).toEqual({})
})

test('nonsense in the address narrows nothing', () => {
  expect(readFilters({ last: 'soon', from: 'yesterday', source: '' })).toEqual(everything)
})

test('a query repeats what there is several of', () => {
  expect(toQuery(some, 0).toString()).toBe('source_app=codex&source_app=team&type=hook.*&agent=Explore&session_id=s1&q=make+test&from=1000&to=9000')
})

test('a rolling time ends now', () => {
  expect(timeRange({ ...everything, last: '1h' }, 4_000_000)).toEqual({ from: 400_000, to: null })
})

test.each<[Partial<Filters>, boolean]>([
  [{}, true], [{ sources: ['codex'] }, false], [{ types: ['hook.*'] }, true], [{ types: ['hook.Post*'] }, false], [{ agents: ['claude-code'] }, true], [{ session: 'other' }, false],
  [{ from: 2000 }, false], [{ to: 500 }, false], [{ text: 'MAKE pretooluse' }, true], [{ text: 'make absent' }, false],
])('%o lets the event through: %s', (part, passes) => {
  expect(matches(row(1, { data: { summary: 'Bash  make test' } }), { ...everything, ...part })).toBe(passes)
})

test('kinds of narrowing are counted, the search apart', () => {
  expect([narrowed(everything), narrowed(some), narrowed({ ...everything, text: 'x' })]).toEqual([0, 5, 0])
})
