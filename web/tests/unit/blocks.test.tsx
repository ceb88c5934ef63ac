import { createElement, Fragment } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import { Blocks } from '@/chat/blocks'
import { BlockView } from '@/chat/BlockView'

vi.mock('@/i18n', () => ({ useT: () => (key: string) => key }))

const text = `# Title 👩‍🚀 here

A paragraph with **bold**, \`code\` and a [link][1].
Second line of it.

- one
- two

  more of two
  - inner

1. first

2. second

| a | b |
|---|--:|
| 1 | 2 |

> quoted
> text

\`\`\`python
def f():

    return "\`\`"
\`\`\`

Setext
------

    indented code

<details><summary>x</summary>y</details>

Last *words*.

[1]: https://example.org
`

const draw = (blocks: Blocks, source: string) => renderToStaticMarkup(createElement(Fragment, null, blocks.cut(source).map((block, key) => createElement(BlockView, { key, block, live: false }))))
const whole = draw(new Blocks(), text)

test('growing letter by letter ends like the whole', () => {
  const blocks = new Blocks()
  for (let end = 1; end <= text.length; end++) blocks.cut(text.slice(0, end), false)
  expect(draw(blocks, text)).toBe(whole)
})

test('cut once at any offset, it ends like the whole', () => {
  for (let at = 0; at <= text.length; at++) {
    const blocks = new Blocks()
    blocks.cut(text.slice(0, at), false)
    expect(draw(blocks, text), `cut at ${at}`).toBe(whole)
  }
})

test('a text that is replaced is cut anew', () => {
  const blocks = new Blocks()
  blocks.cut(text)
  expect(draw(blocks, '# Other')).toBe(draw(new Blocks(), '# Other'))
})

test('finished blocks stay the same objects while the tail grows', () => {
  const blocks = new Blocks()
  const before = blocks.cut(text.slice(0, 200))
  const after = blocks.cut(text.slice(0, 230))
  expect(after[0]).toBe(before[0])
  expect(after[1]).toBe(before[1])
})

test.each([
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)><a xlink:href="javascript:alert(1)">x</a></svg>', '[x](javascript:alert(1))',
  '<a href="java\nscript:alert(1)">x</a>', '<iframe srcdoc="<script>alert(1)</script>"></iframe>', '<form action="/my/chat"><button>x</button></form>', '<p style="position:fixed">x</p>', '[x](data:text/html,<script>1</script>)',
  '<div id="message-box" class="ask">x</div>',
])('%s stays inert', (source) => {
  const html = draw(new Blocks(), source)
  expect(html).not.toMatch(/<(script|img|svg|iframe|form|button|div|style)|href="(?!https?:|mailto:|#|\/)/i)
  expect(html).not.toMatch(/<[^>]+ (on\w+|style|srcdoc|id)=/i)
})

test('harmless HTML and character references read as meant', () => {
  expect(draw(new Blocks(), 'H<sub>2</sub>O &amp; a<br>b &#8594; c')).toBe('<p>H<sub>2</sub>O &amp; a<br/>b → c</p>')
})

test('what the whole says', () => {
  expect(whole).toContain('<a href="https://example.org" target="_blank" rel="noopener noreferrer">link</a>')
  expect(whole).toContain('<th scope="col" class="to-right">b</th>')
  expect(whole).toMatchSnapshot()
})
