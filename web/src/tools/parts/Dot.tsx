import type { ReactNode } from 'react'

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'none'

/** A state as a small dot, with its name for those who do not see colours. */
export function Dot({ tone, label }: { tone: Tone; label: string }): ReactNode {
  return <span className={`state-dot state-${tone}`} role="img" aria-label={label} data-tip={label} />
}
