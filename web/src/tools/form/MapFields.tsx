import { useState, type KeyboardEvent, type ReactNode } from 'react'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { Button, Input } from '@/ui'
import { join } from './check'
import { useForm } from './context'
import type { Schema } from './schema'
import { initialOf, withField, type Json } from './value'
import { ValueField } from './ValueField'

interface Props { schema: Schema; known: readonly string[]; path: string; value: Json; onChange: (value: unknown) => void }

/** Fields of any name: those that are there, and a box to name another. */
export function MapFields({ schema, known, path, value, onChange }: Props): ReactNode {
  const t = useT('tools')
  const { root } = useForm()
  const [name, setName] = useState('')
  const free = name.trim() !== '' && !known.includes(name.trim()) && !(name.trim() in value)
  const add = () => {
    if (!free) return
    onChange({ ...value, [name.trim()]: initialOf(schema, root) ?? '' })
    setName('')
  }
  const onKeyDown = (event: KeyboardEvent) => { if (event.key === 'Enter') { event.preventDefault(); add() } }
  return (
    <>
      {Object.entries(value).filter(([key]) => !known.includes(key)).map(([key, item]) => (
        <ValueField key={key} name={key} schema={schema} required path={join(path, key)} value={item} onChange={(next) => onChange(withField(value, key, next ?? ''))} onRemove={() => onChange(withField(value, key, undefined))} />
      ))}
      <div className="row sf-add">
        <Input className="mono" aria-label={t('fieldName')} placeholder={t('fieldName')} value={name} onChange={(event) => setName(event.target.value)} onKeyDown={onKeyDown} />
        <Button size="s" icon={<Plus size={13} />} disabled={!free} onClick={add}>{t('addField')}</Button>
      </div>
    </>
  )
}
