import { expect, it } from 'vitest'
import { globFits, narrowness } from './glob'

it.each([
  ['github.*', 'github.create_issue', true], ['github.*', 'githubx.y', false], ['*', 'anything', true], ['read_file', 'read_file', true], ['read_file', 'read_files', false],
  ['svc.get?', 'svc.gets', true], ['a+b.*', 'a+b.c', true], ['a.b', 'axb', false], ['', '', true],
])('%s of %s: %s', (glob, name, fits) => expect(globFits(glob, name)).toBe(fits))

it('a name is narrower than a pattern, a longer pattern than a shorter one', () => {
  expect(['*', 'github.create_issue', 'github.*', 'github.create_*'].sort((a, b) => narrowness(b) - narrowness(a))).toEqual(['github.create_issue', 'github.create_*', 'github.*', '*'])
})
