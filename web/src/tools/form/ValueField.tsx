import { useState, type ReactNode } from 'react'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { Button, IconButton } from '@/ui'
import { ChoiceField } from './ChoiceField'
import { useForm } from './context'
import { ListField } from './ListField'
import { ObjectFields } from './ObjectFields'
import { PlainControl } from './PlainControl'
import { labelOf, shapeOf, type Schema, type Shape } from './schema'
import { useMistake } from './useMistake'
import { initialOf } from './value'

interface Props { name: string; schema: Schema; required: boolean; path: string; value: unknown; onChange: (value: unknown) => void; onRemove?: () => void }

/** One field with its name, what it is for, its control, and what is wrong with it. */
export function ValueField(props: Props): ReactNode {
  const { root } = useForm()
  const shape = shapeOf(props.schema, root)
  const isGroup = shape.kind === 'object' || shape.kind === 'list' || shape.kind === 'choice'
  return isGroup ? <Group {...props} shape={shape} /> : <Single {...props} shape={shape} />
}

interface ShapedProps extends Props { shape: Shape }

function Single({ name, shape, required, path, value, onChange, onRemove }: ShapedProps): ReactNode {
  const { id: form } = useForm()
  const mistake = useMistake(path)
  const id = `${form}${path}`
  const note = mistake !== undefined || shape.description !== undefined ? `${id}-note` : undefined
  return (
    <div className="field">
      <div className="sf-label">
        <label className="field-label" htmlFor={id}>{labelOf(name, shape.title)}</label>
        <Facts shape={shape} required={required} isItem={onRemove !== undefined} />
        <Remove name={name} onRemove={onRemove} />
      </div>
      <PlainControl shape={shape} name={name} required={required} value={value} onChange={onChange} id={id} describedBy={note} invalid={mistake === undefined ? undefined : true} label={name} />
      {mistake !== undefined
        ? <div id={note} className="field-error" role="alert">{mistake}</div>
        : shape.description !== undefined && <div id={note} className="field-hint sf-hint">{shape.description}</div>}
    </div>
  )
}

function Group({ name, shape, required, path, value, onChange, onRemove }: ShapedProps): ReactNode {
  const t = useT('tools')
  const { root } = useForm()
  const mistake = useMistake(path)
  const label = labelOf(name, shape.title)
  const isOpen = required || value !== undefined
  return (
    <fieldset className="sf-group">
      <legend className="sr-only">{label}</legend>
      <div className="sf-label">
        <span className="field-label" aria-hidden="true">{label}</span>
        <Facts shape={shape} required={required} isItem={onRemove !== undefined} />
        {!required && isOpen && !onRemove && <IconButton size="s" label={t('leaveOut', { name: label })} icon={<X size={14} />} onClick={() => onChange(undefined)} />}
        <Remove name={name} onRemove={onRemove} />
      </div>
      {shape.description !== undefined && <div className="field-hint sf-hint">{shape.description}</div>}
      {mistake !== undefined && <div className="field-error" role="alert">{mistake}</div>}
      {isOpen
        ? <div className="sf-inside"><Inside shape={shape} path={path} value={value} onChange={onChange} label={label} /></div>
        : <div><Button size="s" aria-label={t('fillIn', { name: label })} onClick={() => onChange(initialOf(shape.schema, root) ?? {})}>{t('fillInShort')}</Button></div>}
    </fieldset>
  )
}

function Inside({ shape, path, value, onChange, label }: { shape: Shape; path: string; value: unknown; onChange: (value: unknown) => void; label: string }): ReactNode {
  switch (shape.kind) {
    case 'object': return <ObjectFields shape={shape} path={path} value={value} onChange={onChange} />
    case 'list': return <ListField items={shape.items} path={path} value={value} onChange={onChange} label={label} />
    case 'choice': return <ChoiceField variants={shape.variants} path={path} value={value} onChange={onChange} label={label} />
    default: return null
  }
}

const long_description = 220

/** The kind of value and whether it may be left out, in a few faint words. */
function Facts({ shape, required, isItem }: { shape: Shape; required: boolean; isItem: boolean }): ReactNode {
  const t = useT('tools')
  const { format } = shape.schema
  return (
    <span className="tiny faint sf-facts">
      {isItem ? null : <>{required ? <span className="muted">{t('required')}</span> : t('optional')}{' · '}</>}{format ?? (shape.kind === 'number' && shape.schema.type === 'integer' ? t('kind_integer') : t(`kind_${shape.kind}`))}
    </span>
  )
}

function Remove({ name, onRemove }: { name: string; onRemove: (() => void) | undefined }): ReactNode {
  const t = useT('tools')
  return onRemove ? <IconButton size="s" className="sf-remove" label={t('removeField', { name })} icon={<X size={14} />} onClick={onRemove} /> : null
}

/** A long text that is folded to its beginning. */
export function Folded({ text }: { text: string }): ReactNode {
  const t = useT('tools')
  const [whole, setWhole] = useState(false)
  if (text.length <= long_description || whole) return text
  return <>{text.slice(0, long_description).trimEnd()}… <button type="button" className="link" onClick={() => setWhole(true)}>{t('showAll')}</button></>
}
