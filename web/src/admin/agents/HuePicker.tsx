import { type CSSProperties, type ReactNode, useId } from 'react'
import { useT } from '@/i18n'

interface Props {
  hue: number
  name: string
  role: string
  onChange: (hue: number) => void
}

/** The agent's colour on a wheel laid flat, with the agent as the chat will show it. */
export function HuePicker({ hue, name, role, onChange }: Props): ReactNode {
  const t = useT('admin')
  const id = useId()
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {t('colour')}
      </label>
      <div className="hue-picker" style={{ '--h': hue } as CSSProperties}>
        <input
          id={id}
          type="range"
          className="hue-range"
          min={0}
          max={359}
          value={hue}
          aria-valuetext={`${hue}°`}
          onChange={(event) => onChange(Number(event.target.value))}
        />
        <div className="hue-preview">
          <span className="hue-dot" />
          <b>{name || t('name').toLowerCase()}</b>
          <span className="tiny faint cut">{role}</span>
          <span className="hue tiny hue-mention">@{name || t('name').toLowerCase()}</span>
        </div>
      </div>
    </div>
  )
}
