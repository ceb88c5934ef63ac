import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import type { Offered } from '../api/queries'

interface Props { offered: readonly Offered[]; value: string; label: string; onChange: (model: string) => void }

/** A model of those offered, under the names of who gives them. */
export function ModelSelect({ offered, value, label, onChange }: Props): ReactNode {
  const t = useT('gateway')
  const owners = [...new Set(offered.map(({ owned_by }) => owned_by))]
  const titles: Record<string, string> = { alias: t('aliases'), entourage: t('ownModels') }
  return (
    <select className="input mono model-select" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {owners.map((owner) => (
        <optgroup key={owner} label={titles[owner] ?? owner}>
          {offered.filter(({ owned_by }) => owned_by === owner).map(({ id }) => <option key={id} value={id}>{id}</option>)}
        </optgroup>
      ))}
    </select>
  )
}
