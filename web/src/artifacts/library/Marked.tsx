import type { ReactNode } from 'react'

const HIT = /\ue000([^\ue001]*)\ue001/

/** A snippet whose hits stand between two private characters. */
export function Marked({ text }: { text: string }): ReactNode {
  return text.split(HIT).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part))
}
