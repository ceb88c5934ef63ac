import { useEffect, useRef } from 'react'

export interface InboxKeys {
  move: (step: number) => void
  approve: () => void
  deny: () => void
  edit: () => void
  tick: () => void
}

/** J and K move, A and D decide, E edits, X selects: from anywhere but a text field or a dialog. */
export function useInboxKeys(keys: InboxKeys): void {
  const latest = useRef(keys)
  useEffect(() => { latest.current = keys })
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented || document.querySelector('dialog[open]')) return
      if (event.target instanceof HTMLElement && event.target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]')) return
      const { move, approve, deny, edit, tick } = latest.current
      const act = { KeyJ: () => move(1), KeyK: () => move(-1), KeyA: approve, KeyD: deny, KeyE: edit, KeyX: tick }[event.code]
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}
