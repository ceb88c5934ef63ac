import { useId, useMemo, type ReactNode } from 'react'
import { useT } from '@/i18n'
import type { Mistake } from './check'
import { FormContext } from './context'
import { ObjectFields } from './ObjectFields'
import { shapeOf, type Schema } from './schema'
import { isObject } from './value'
import { ValueField } from './ValueField'
import './form.css'

interface Props { schema: Schema; value: unknown; onChange: (value: unknown) => void; mistakes: readonly Mistake[] }

/** A form made from a JSON schema: a control for what it understands, JSON for the rest. */
export function SchemaForm({ schema, value, onChange, mistakes }: Props): ReactNode {
  const t = useT('tools')
  const id = useId()
  const byPath = useMemo(() => new Map(mistakes.map((mistake) => [mistake.path, mistake])), [mistakes])
  const context = useMemo(() => ({ root: schema, mistakes: byPath, id }), [schema, byPath, id])
  const shape = useMemo(() => shapeOf(schema, schema), [schema])
  // Most tools without arguments say no more than that they take an object.
  const isEmpty = shape.kind === 'object' && shape.fields.length === 0 && (shape.extra === null || schema.additionalProperties === undefined) && Object.keys(isObject(value) ? value : {}).length === 0
  if (isEmpty) return <p className="small muted">{t('noArguments')}</p>
  return (
    <FormContext value={context}>
      <div className="sf">
        {shape.kind === 'object'
          ? <ObjectFields shape={shape} path="" value={value} onChange={onChange} />
          : <ValueField name={t('arguments')} schema={schema} required path="" value={value} onChange={onChange} />}
      </div>
    </FormContext>
  )
}
