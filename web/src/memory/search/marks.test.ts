import { expect, test } from 'vitest'
import { marked } from './marks'

const shown = (text: string, terms: string[]) => marked(text, terms).map((piece) => (piece.isMarked ? `<${piece.text}>` : piece.text)).join('')

test.each([
  ['Releases go out on Thursdays.', ['thursday', 'release'], '<Releases> go out on <Thursdays>.'],
  ['Выпуски выходят по четвергам', ['четверг', 'выпуск'], '<Выпуски> выходят по <четвергам>'],
  ['As versões saem à quinta-feira', ['versões', 'quinta'], 'As <versões> saem à <quinta>-feira'],
  ['price is $5 (about)', ['$5', '(about)'], 'price is <$5> <(about)>'],
  ['category', ['cat'], '<category>'],
  ['education', ['cat'], 'education'],
  ['', ['cat'], ''],
  ['nothing', [], 'nothing'],
  ['nothing', ['', '  '], 'nothing'],
])('%s', (text, terms, expected) => expect(shown(text, terms)).toBe(expected))

test('the longer of two terms is marked as a whole', () => expect(shown('foo.bar', ['foo', 'foo.bar'])).toBe('<foo.bar>'))

test('the pieces are the text again', () => {
  const text = 'a (b) [c] *d* \\e\\ $f^ {g}'
  expect(marked(text, ['(b)', '*d*', '\\e', '{g']).map((piece) => piece.text).join('')).toBe(text)
})
