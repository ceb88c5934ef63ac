import type { ReactNode } from 'react'

export function Badge({ tone, children, title }: { tone?: 'ok' | 'warn' | 'bad' | 'accent'; children: ReactNode; title?: string }) {
  return <span className={`badge ${tone ? `badge-${tone}` : ''}`} title={title}>{children}</span>
}

/** Keys as a person reads them: `<Kbd>Ctrl K</Kbd>`. */
export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className="kbd">{children}</kbd>
}
