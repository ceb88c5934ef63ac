import type { ReactNode } from 'react'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { Button } from '@/ui'
import { join } from './check'
import { useForm } from './context'
import { shapeOf, type Schema } from './schema'
import { initialOf } from './value'
import { ValueField } from './ValueField'

interface Props { items: Schema; path: string; value: unknown; onChange: (value: unknown) => void; label: string }

/** The items of a list, each with its own control, and a way to add one. */
export function ListField({ items, path, value, onChange, label }: Props): ReactNode {
  const t = useT('tools')
  const { root } = useForm()
  const list: unknown[] = Array.isArray(value) ? value : []
  const add = () => onChange([...list, initialOf(items, root) ?? (shapeOf(items, root).kind === 'text' ? '' : undefined)])
  return (
    <>
      {list.map((item, index) => (
        <ValueField
          key={index} name={`${index + 1}`} schema={untitled(items)} required path={join(path, index)} value={item}
          onChange={(next) => onChange(list.map((old, at) => (at === index ? next ?? '' : old)))} onRemove={() => onChange(list.filter((_, at) => at !== index))}
        />
      ))}
      <div><Button size="s" icon={<Plus size={13} />} aria-label={t('addTo', { name: label })} onClick={add}>{t('addItem')}</Button></div>
    </>
  )
}

/** Items are told apart by their number, not by a title they all share. */
const untitled = ({ title: _title, description: _description, ...rest }: Schema): Schema => rest
