import { type KeyboardEvent, type ReactNode } from 'react'
import './segments.css'

interface SegmentsProps<Value extends string> {
  label: string
  value: Value | null
  onChange: (value: Value) => void
  options: readonly { value: Value; label: ReactNode; tone?: 'ok' | 'warn' | 'bad' }[]
  size?: 's' | 'm'
  disabled?: boolean
}

/** A choice among a few, side by side: a radio group with one tab stop. */
export function Segments<Value extends string>({ label, value, onChange, options, size = 'm', disabled = false }: SegmentsProps<Value>) {
  const steer = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step === undefined || disabled) return
    event.preventDefault()
    const to = (Math.max(0, options.findIndex((option) => option.value === value)) + step + options.length) % options.length
    const next = options[to]
    if (next) onChange(next.value)
    event.currentTarget.querySelectorAll('button')[to]?.focus()
  }
  const stop = options.some((option) => option.value === value) ? value : options[0]?.value
  return (
    <div role="radiogroup" aria-label={label} className={`segments segments-${size}`} onKeyDown={steer}>
      {options.map((option) => (
        <button
          key={option.value} type="button" role="radio" aria-checked={option.value === value} disabled={disabled} tabIndex={option.value === stop ? 0 : -1}
          className={option.tone ? `segment segment-${option.tone}` : 'segment'} onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
