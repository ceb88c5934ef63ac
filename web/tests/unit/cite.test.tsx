import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import { Blocks } from '@/chat/blocks'
import { BlockView } from '@/chat/BlockView'
import { Given } from '@/chat/inline'

vi.mock('@/i18n', () => ({ useT: () => (key: string) => key }))

/** The text as it is drawn in an answer that was given so many memories; what can be followed in angle brackets. */
const drawn = (text: string, given: number): string => {
  const blocks = new Blocks().cut(text, true).map((block, key) => createElement(BlockView, { key, block, live: false }))
  return renderToStaticMarkup(createElement(Given, { value: given }, blocks)).replace(/<button[^>]*data-cite="(\d+)"[^>]*>.*?<\/button>/g, '«$1»').replace(/<[^>]+>/g, '')
}

test.each([
  ['On Thursdays [1]; Marina [2].', 2, 'On Thursdays «1»; Marina «2».'],
  ['Nobody [3] said so [0].', 2, 'Nobody [3] said so [0].'],
  ['An index like a[1] in words', 0, 'An index like a[1] in words'],
  ['- one [1]\n- **two [2]**', 2, 'one «1»two «2»'],
  ['`code[1]` stays', 3, 'code[1] stays'],
  ['[1](https://example.org)', 3, '1'],
  ['both [1][2]', 2, 'both «1»«2»'],
])('%s', (text, given, expected) => expect(drawn(text, given)).toBe(expected))
