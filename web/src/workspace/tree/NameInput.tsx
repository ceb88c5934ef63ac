import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'

interface NameInputProps { label: string; value: string; onDone: (name: string | null) => void }

/** A name to be written in its place: Enter takes it, Escape leaves it. */
export function NameInput({ label, value, onDone }: NameInputProps): ReactNode {
  const input = useRef<HTMLInputElement>(null)
  const [name, setName] = useState(value)
  const isOver = useRef(false)
  useEffect(() => {
    const dot = value.lastIndexOf('.')
    input.current?.focus()
    input.current?.setSelectionRange(0, dot > 0 ? dot : value.length)
  }, [value])
  const done = (taken: string | null) => {
    if (isOver.current) return
    isOver.current = true
    onDone(taken)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Enter') done(name.trim() || null)
    if (event.key === 'Escape') done(null)
  }
  return <input ref={input} className="input ws-name-input" aria-label={label} value={name} spellCheck={false} onChange={(event) => setName(event.target.value)} onKeyDown={onKeyDown} onBlur={() => done(name.trim() || null)} onClick={(event) => event.stopPropagation()} />
}
