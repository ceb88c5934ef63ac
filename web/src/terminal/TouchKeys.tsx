import type { ReactNode } from 'react'
import { useT } from '@/i18n'

/** What the keys send that a phone's keyboard lacks. */
const sent: [label: string, text: string][] = [['Esc', '\x1b'], ['Tab', '\t'], ['←', '\x1b[D'], ['↑', '\x1b[A'], ['↓', '\x1b[B'], ['→', '\x1b[C'], ['|', '|'], ['/', '/'], ['-', '-']]

/** "c" with Ctrl held: the third control character. */
export const withControl = (text: string): string => (/^[a-z@[\\\]^_ ]$/i.test(text) ? String.fromCharCode(text.toUpperCase().charCodeAt(0) & 0x1f) : text)

interface TouchKeysProps { isControl: boolean; onControl: (held: boolean) => void; onKey: (text: string) => void }

/** Keys for fingers, under the terminal; Ctrl holds for the next letter. */
export function TouchKeys({ isControl, onControl, onKey }: TouchKeysProps): ReactNode {
  const t = useT('terminal')
  // The phone's keyboard would go away with the focus.
  const keep = (act: () => void) => ({ onPointerDown: (event: { preventDefault: () => void }) => event.preventDefault(), onClick: act })
  return (
    <div className="terminal-keys" role="toolbar" aria-label={t('keys')}>
      <button type="button" aria-pressed={isControl} {...keep(() => onControl(!isControl))}>Ctrl</button>
      {sent.map(([label, text]) => <button key={label} type="button" {...keep(() => onKey(text))}>{label}</button>)}
    </div>
  )
}
