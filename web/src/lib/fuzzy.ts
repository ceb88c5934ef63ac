/** How well `query` fits `text` as a subsequence: 0 is not at all; word starts and runs of letters count more. */
export function fuzzyScore(query: string, text: string): number {
  const needle = query.toLowerCase()
  const hay = text.toLowerCase()
  if (needle === '') return 1
  const whole = hay.indexOf(needle)
  if (whole >= 0) return 1000 - whole + (whole === 0 ? 500 : 0) - text.length / 100
  let score = 0
  let at = -1
  for (const letter of needle) {
    const found = hay.indexOf(letter, at + 1)
    if (found < 0) return 0
    const isStart = found === 0 || /[\s\-_/.]/.test(hay[found - 1] ?? '')
    score += found === at + 1 ? 8 : isStart ? 6 : 1
    at = found
  }
  return score
}

/** The items that fit, best first; with no query all of them as they are. */
export function fuzzy<Item>(query: string, items: readonly Item[], text: (item: Item) => string): Item[] {
  if (query === '') return [...items]
  return items
    .map((item) => ({ item, score: fuzzyScore(query, text(item)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item)
}
