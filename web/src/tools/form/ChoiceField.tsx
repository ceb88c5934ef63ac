import { useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Select } from '@/ui'
import { Segments } from '@/ui/Segments'
import { fitting } from './check'
import { useForm } from './context'
import { shapeOf, type Schema } from './schema'
import { initialOf } from './value'
import { ValueField } from './ValueField'
import { ObjectFields } from './ObjectFields'

interface Props { variants: readonly Schema[]; path: string; value: unknown; onChange: (value: unknown) => void; label: string }

const most_segments = 4

/** One of several forms: which one, and its fields. */
export function ChoiceField({ variants, path, value, onChange, label }: Props): ReactNode {
  const t = useT('tools')
  const { root } = useForm()
  const [chosen, setChosen] = useState(() => fitting(value, variants, root))
  const names = variants.map((variant, index) => nameOf(variant, root) ?? t('variant', { n: index + 1 }))
  const choose = (at: string) => {
    const variant = variants[Number(at)]
    setChosen(Number(at))
    onChange(variant && (initialOf(variant, root) ?? ''))
  }
  const options = names.map((name, index) => ({ value: String(index), label: name }))
  const variant = variants[chosen] ?? {}
  const shape = shapeOf(variant, root)
  return (
    <>
      {variants.length <= most_segments
        ? <Segments size="s" label={t('formOf', { name: label })} value={String(chosen)} onChange={choose} options={options} />
        : <Select aria-label={t('formOf', { name: label })} value={String(chosen)} onChange={choose} options={options} />}
      {shape.kind === 'object'
        ? <ObjectFields key={chosen} shape={shape} path={path} value={value} onChange={onChange} />
        : <ValueField key={chosen} name={label} schema={variant} required path={path} value={value} onChange={onChange} />}
    </>
  )
}

/** A variant's title, the constant that marks it, or its type. */
function nameOf(variant: Schema, root: Schema): string | undefined {
  const shape = shapeOf(variant, root)
  if (shape.title !== undefined) return shape.title
  if (shape.kind === 'constant') return JSON.stringify(shape.value)
  const mark = shape.kind === 'object' ? shape.fields.map((field) => shapeOf(field.schema, root)).find((field) => field.kind === 'constant') : undefined
  if (mark?.kind === 'constant') return String(mark.value)
  return typeof shape.schema.type === 'string' ? shape.schema.type : undefined
}
