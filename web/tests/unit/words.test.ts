import { beforeAll, expect, test, vi } from 'vitest'
import { load, preferredLanguage, setLanguage, translator } from '@/i18n'

beforeAll(() => vi.stubGlobal('document', { documentElement: { lang: '' } }))

test.each([
  ['en', 1, '1 new event while you were away'], ['en', 12, '12 new events while you were away'],
  ['pt', 1, '1 evento novo enquanto esteve fora'], ['pt', 2, '2 eventos novos enquanto esteve fora'],
  ['ru', 1, '1 новое событие, пока вас не было'], ['ru', 3, '3 новых события, пока вас не было'], ['ru', 12, '12 новых событий, пока вас не было'],
] as const)('%s counts %i', async (language, n, words) => {
  await load('shell', language)
  await setLanguage(language)
  expect(translator('shell')('away', { n })).toBe(words)
})

test.each([['shell'], ['auth'], ['chat'], ['artifacts'], ['admin'], ['observe'], ['gateway'], ['tools'], ['servers'], ['services'], ['runs'], ['plans'], ['prompts'], ['memory'], ['graph'], ['recalled'], ['workspaces'], ['terminal']] as const)('%s holds the same names in the braces in every language', async (namespace) => {
  const blanks = (entry: unknown) => [...new Set(JSON.stringify(entry).match(/\{\w+\}/g) ?? [])].sort()
  const [en, pt, ru] = await Promise.all((['en', 'pt', 'ru'] as const).map(async (language) => (await import(`../../src/i18n/${language}/${namespace}.ts`) as { default: Record<string, unknown> }).default))
  for (const key of Object.keys(en ?? {})) for (const other of [pt, ru]) expect(blanks(other?.[key]), key).toEqual(blanks(en?.[key]))
})

test('the first known language is taken: the saved one, then the browser’s', () => {
  vi.stubGlobal('navigator', { languages: ['fr-FR', 'pt-BR', 'en'] })
  expect(preferredLanguage(undefined)).toBe('pt')
  expect(preferredLanguage('ru')).toBe('ru')
})
