import { useEffect, useState } from 'react'
import type { Token } from './highlight'
import type { Language } from './languages'

const NONE: Token[][] = []

/** Tokens of the lines done so far; plain text shows until they come. The highlighter itself loads on first use. */
export function useHighlight(lines: readonly string[], language: Language | null): Token[][] {
  const [done, setDone] = useState<{ lines: readonly string[]; tokens: Token[][] }>({ lines, tokens: NONE })
  useEffect(() => {
    if (!language || lines.length === 0) return
    const stop = new AbortController()
    void highlightInto(lines, language, setDone, stop.signal)
    return () => stop.abort()
  }, [lines, language])
  return done.lines === lines ? done.tokens : NONE
}

async function highlightInto(
  lines: readonly string[],
  language: Language,
  show: (done: { lines: readonly string[]; tokens: Token[][] }) => void,
  signal: AbortSignal,
): Promise<void> {
  const { highlightLines } = await import('./highlight')
  const tokens: Token[][] = []
  await highlightLines(
    lines,
    language,
    (from, piece) => {
      piece.forEach((line, index) => (tokens[from + index] = line))
      if (!signal.aborted) show({ lines, tokens })
    },
    signal,
  )
}
