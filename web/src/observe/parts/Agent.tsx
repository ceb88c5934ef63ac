import type { CSSProperties, ReactNode } from 'react'
import { hueOf } from './hue'

/** An agent's name with its hue. */
export function Agent({ name }: { name: string }): ReactNode {
  return <span className="ob-agent cut" style={{ '--h': hueOf(name) } as CSSProperties}>{name}</span>
}
