import { useState } from 'react'
import { check, type Mistake } from './check'
import type { Schema } from './schema'
import { isObject, jsonText, readObject, type Json } from './value'

export type Mode = 'form' | 'json'

export interface ArgsDraft {
  mode: Mode
  value: unknown
  text: string
  /** Changes when the form is filled from elsewhere, so that half-typed fields do not stay. */
  round: number
  mistakes: readonly Mistake[]
  broken: boolean
  setMode: (mode: Mode) => void
  setValue: (value: unknown) => void
  setText: (text: string) => void
  fill: (value: unknown) => void
  /** The arguments as they would be sent; null when something must be mended first. */
  read: () => Json | null
}

/** Arguments while they are written, as a value or as text; each mode begins with what the other had. */
export function useArgsDraft(schema: Schema, start: () => Json, first: Mode = 'form'): ArgsDraft {
  const [mode, setMode] = useState<Mode>(first)
  const [value, setValue] = useState<unknown>(start)
  const [text, setText] = useState(() => (first === 'json' ? jsonText(value) : ''))
  const [round, setRound] = useState(0)
  const [tried, setTried] = useState(false)
  const found = check(schema, value, schema)
  const parsed = mode === 'json' ? readObject(text) : null
  const turn = (next: Mode) => {
    if (next === mode) return
    if (next === 'json') setText(jsonText(value))
    else if (parsed === null) { setTried(true); return }
    else { setValue(parsed); setRound(round + 1) }
    setTried(false)
    setMode(next)
  }
  const fill = (next: unknown) => { setValue(next); setText(jsonText(next)); setRound(round + 1); setTried(false) }
  const read = (): Json | null => {
    setTried(true)
    if (mode === 'json') return parsed
    return found.length === 0 && isObject(value) ? value : null
  }
  return { mode, value, text, round, mistakes: tried ? found : [], broken: tried && mode === 'json' && parsed === null, setMode: turn, setValue, setText, fill, read }
}
