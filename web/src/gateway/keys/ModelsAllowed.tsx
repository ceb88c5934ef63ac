import { type ReactNode, useId, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { Input } from '@/ui'
import { Segments } from '@/ui/Segments'
import { offeredQuery } from '../api/queries'

interface Props { all: boolean; chosen: readonly string[]; onChange: (change: { all?: boolean; models?: string[] }) => void; error: string | undefined }

/** So many are narrowed by typing rather than looked through. */
const many = 8

/** Which models a key may ask for: all, or those that are ticked. */
export function ModelsAllowed({ all, chosen, onChange, error }: Props): ReactNode {
  const t = useT('gateway')
  return (
    <div className="field models-allowed">
      <span className="field-label">{t('modelsAllowed')}</span>
      <Segments
        label={t('modelsAllowed')} value={all ? 'all' : 'some'} onChange={(value) => onChange({ all: value === 'all' })}
        options={[{ value: 'all', label: t('modelsAll') }, { value: 'some', label: t('modelsSome') }]}
      />
      {!all && <Ticks chosen={chosen} onChange={(models) => onChange({ models })} />}
      {error !== undefined && <div className="field-error" role="alert">{error}</div>}
    </div>
  )
}

function Ticks({ chosen, onChange }: { chosen: readonly string[]; onChange: (models: string[]) => void }): ReactNode {
  const t = useT('gateway')
  const id = useId()
  const [typed, setTyped] = useState('')
  const offered = useQuery(offeredQuery).data?.map((model) => model.id) ?? []
  // What was allowed once stays to be seen, also when it is offered no more.
  const all = [...new Set([...chosen, ...offered])]
  const shown = all.filter((model) => model.toLowerCase().includes(typed.trim().toLowerCase()))
  const toggle = (model: string) => onChange(chosen.includes(model) ? chosen.filter((item) => item !== model) : [...chosen, model])
  return (
    <>
      {all.length > many && <Input type="search" aria-label={t('modelFind')} placeholder={t('modelFind')} value={typed} onChange={(event) => setTyped(event.target.value)} />}
      <div className="ticks" role="group" aria-label={t('modelsSome')}>
        {shown.map((model) => (
          <label key={model} htmlFor={`${id}-${model}`} className="tick">
            <input id={`${id}-${model}`} type="checkbox" checked={chosen.includes(model)} onChange={() => toggle(model)} />
            <span className="mono">{model}</span>
          </label>
        ))}
        {shown.length === 0 && <span className="small muted">{t('nothingFits')}</span>}
      </div>
    </>
  )
}
