type Range = readonly [least: number, most: number]

/** What the server takes. */
export const rangeOf = { max_memories: [100, 10_000_000], keep_interactions_days: [1, 36_500] } as const satisfies Record<string, Range>

/** The whole number that was typed, or null when it is none or outside of the range. */
export function wholeIn(typed: string, [least, most]: Range): number | null {
  const text = typed.trim()
  const value = Number(text)
  return /^\d+$/.test(text) && value >= least && value <= most ? value : null
}
