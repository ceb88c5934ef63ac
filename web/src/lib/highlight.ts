import { highlightLines } from '@/artifacts/code/highlight'
import { findLanguage } from '@/artifacts/code/languages'

const most_characters = 200_000

/**
 * Colours code through the CSS Custom Highlight API: the element keeps its single text node, so a long block costs no
 * DOM nodes and no style attributes. Browsers without the API show plain code. Returns what undoes it.
 */
export async function highlight(element: HTMLElement, code: string, lang: string): Promise<() => void> {
  const language = findLanguage(lang)
  const text = element.firstChild
  const isPossible = language && code.length <= most_characters && 'highlights' in CSS && text instanceof Text && text.data === code
  if (!isPossible) return () => undefined
  const made: [Highlight, Range][] = []
  const stop = new AbortController()
  const undo = () => { stop.abort(); for (const [group, range] of made) group.delete(range) }
  let at = 0
  await highlightLines(code.split('\n'), language, (_from, lines) => {
    if (text.data !== code) { undo(); return }
    for (const line of lines) {
      for (const token of line) {
        if (token.kind !== 'plain' && token.text.trim() !== '') made.push(mark(token.kind, text, at, at + token.text.length))
        at += token.text.length
      }
      at += 1
    }
  }, stop.signal)
  return undo
}

function mark(kind: string, text: Text, start: number, end: number): [Highlight, Range] {
  const range = new Range()
  range.setStart(text, start)
  range.setEnd(text, end)
  const group = CSS.highlights.get(`tk-${kind}`) ?? new Highlight()
  CSS.highlights.set(`tk-${kind}`, group.add(range))
  return [group, range]
}
