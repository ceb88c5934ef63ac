import { createHighlighterCore, type GrammarState, type HighlighterCore } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import { type Language, loadLanguage } from './languages'
import { kindOfColor, THEME, type TokenKind } from './theme'

export interface Token {
  text: string
  kind: TokenKind
}

/** Lines done per turn: about 10 ms, so that typing and scrolling never wait. */
const LINES_PER_TURN = 120
/** Longer lines (minified files) stay plain. */
const MAX_LINE_CHARS = 2000
/** Longer files stay plain. */
export const MAX_HIGHLIGHTED_LINES = 20_000

let ready: Promise<HighlighterCore> | null = null

function highlighter(): Promise<HighlighterCore> {
  ready ??= createHighlighterCore({ themes: [THEME], langs: [], engine: createJavaScriptRegexEngine({ forgiving: true }) })
  return ready
}

/**
 * Tokens of each line, handed over in pieces: `onLines(from, lines)` is called with consecutive stretches and
 * between them the page gets its turn. Stops when `signal` aborts.
 */
export async function highlightLines(
  lines: readonly string[],
  language: Language,
  onLines: (from: number, lines: Token[][]) => void,
  signal: AbortSignal,
): Promise<void> {
  const shiki = await highlighter()
  if (!shiki.getLoadedLanguages().includes(language)) await shiki.loadLanguage(...(await loadLanguage(language)))
  let state: GrammarState | undefined
  for (let from = 0; from < Math.min(lines.length, MAX_HIGHLIGHTED_LINES); from += LINES_PER_TURN) {
    if (signal.aborted) return
    const { tokens, grammarState } = shiki.codeToTokens(lines.slice(from, from + LINES_PER_TURN).join('\n'), {
      lang: language,
      theme: THEME.name ?? '',
      tokenizeMaxLineLength: MAX_LINE_CHARS,
      ...(state && { grammarState: state }),
    })
    state = grammarState
    onLines(
      from,
      tokens.map((line) => line.map((token) => ({ text: token.content, kind: kindOfColor(token.color) }))),
    )
    await turn()
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}
