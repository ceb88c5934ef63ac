import type { ReactNode } from 'react'
import { join } from './check'
import { MapFields } from './MapFields'
import type { Shape } from './schema'
import { ValueField } from './ValueField'
import { isObject, withField } from './value'

interface Props { shape: Extract<Shape, { kind: 'object' }>; path: string; value: unknown; onChange: (value: unknown) => void }

/** The named fields of an object, then those that may have any name. */
export function ObjectFields({ shape, path, value, onChange }: Props): ReactNode {
  const own = isObject(value) ? value : {}
  return (
    <>
      {shape.fields.map(({ name, schema, required }) => (
        <ValueField key={name} name={name} schema={schema} required={required} path={join(path, name)} value={own[name]} onChange={(next) => onChange(withField(value, name, next))} />
      ))}
      {shape.extra && <MapFields schema={shape.extra} known={shape.fields.map((field) => field.name)} path={path} value={own} onChange={onChange} />}
    </>
  )
}
