import { useEffect, useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Input, Select, Switch, Textarea } from '@/ui'
import type { ControlProps } from './context'
import { isLong, type Shape } from './schema'
import { Unread } from './value'

interface Props extends ControlProps { shape: Shape; name: string; required: boolean }

/** The control of a value that is not made of others. */
export function PlainControl(props: Props): ReactNode {
  const { shape, label } = props
  switch (shape.kind) {
    case 'text': return <TextControl {...props} />
    case 'number': return <NumberControl {...props} />
    case 'switch': return <SwitchControl {...props} />
    case 'enum': return <EnumControl {...props} values={shape.values} />
    case 'constant': return <code className="mono sf-constant" id={props.id} role="textbox" aria-readonly="true" aria-label={label} tabIndex={0}>{JSON.stringify(shape.value)}</code>
    default: return <JsonControl {...props} />
  }
}

const attributes = ({ id, describedBy, invalid }: ControlProps) => ({ id, 'aria-describedby': describedBy, 'aria-invalid': invalid })
const shown = (value: unknown): string => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value))
const inputTypes: Record<string, string> = { date: 'date', email: 'email', password: 'password' }

function TextControl(props: Props): ReactNode {
  const { shape, name, value, onChange } = props
  const { schema, fallback } = shape
  const write = (text: string) => onChange(text === '' ? undefined : text)
  const common = { ...attributes(props), value: shown(value), placeholder: shown(fallback ?? schema.examples?.[0]), spellCheck: false, autoComplete: 'off' }
  if (isLong(name, schema)) return <Textarea {...common} className="mono sf-long" rows={3} onChange={(event) => write(event.target.value)} />
  const type = schema.writeOnly === true ? 'password' : inputTypes[schema.format ?? ''] ?? 'text'
  return <Input {...common} type={type} className="mono" onChange={(event) => write(event.target.value)} />
}

function NumberControl(props: Props): ReactNode {
  const { shape, value, onChange } = props
  const [typed, setTyped] = useState(() => (value instanceof Unread ? value.text : shown(value)))
  // A value that came from elsewhere takes the place of what was typed.
  useEffect(() => { if (!(value instanceof Unread) && readNumber(typed) !== value) setTyped(shown(value)) }, [value, typed])
  const write = (text: string) => {
    setTyped(text)
    const number = readNumber(text)
    onChange(number === undefined && text.trim() !== '' ? new Unread(text) : number)
  }
  return <Input {...attributes(props)} className="mono sf-number" inputMode="decimal" value={typed} placeholder={shown(shape.fallback)} autoComplete="off" onChange={(event) => write(event.target.value)} />
}

function readNumber(text: string): number | undefined {
  const number = Number(text)
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number
}

function SwitchControl({ shape, value, onChange, id, describedBy, label }: Props): ReactNode {
  const t = useT('tools')
  const on = (value ?? shape.fallback) === true
  return <div id={id} aria-describedby={describedBy}><Switch checked={on} onChange={onChange} label={<span className="mono">{on ? 'true' : 'false'}</span>} aria-label={t('switchOf', { name: label })} /></div>
}

/** Choices are kept by their place, for a value may be anything. */
function EnumControl(props: Props & { values: readonly unknown[] }): ReactNode {
  const t = useT('tools')
  const { values, value, onChange, required, shape } = props
  const texts = values.map((one) => JSON.stringify(one))
  const at = value === undefined ? -1 : texts.indexOf(JSON.stringify(value))
  const fallback = shape.fallback === undefined ? t('notChosen') : t('byDefault', { value: shown(shape.fallback) })
  return (
    <Select
      {...attributes(props)} className="mono sf-select" value={String(at)} onChange={(index) => onChange(index === '-1' ? undefined : values[Number(index)])}
      options={[...(!required || at === -1 ? [{ value: '-1', label: required ? t('choose') : fallback }] : []), ...values.map((one, index) => ({ value: String(index), label: shown(one) }))]}
    />
  )
}

function JsonControl(props: Props): ReactNode {
  const { value, onChange } = props
  const [typed, setTyped] = useState(() => (value instanceof Unread ? value.text : value === undefined ? '' : JSON.stringify(value, null, 2)))
  const write = (text: string) => {
    setTyped(text)
    if (text.trim() === '') { onChange(undefined); return }
    try { onChange(JSON.parse(text)) } catch { onChange(new Unread(text)) }
  }
  return <Textarea {...attributes(props)} className="mono sf-long" rows={2} value={typed} placeholder="null" spellCheck={false} onChange={(event) => write(event.target.value)} />
}
