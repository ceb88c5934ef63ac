import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import KeyRound from 'lucide-react/icons/key-round'
import { useT } from '@/i18n'
import { Button, Input } from '@/ui'
import type { ControlProps } from '@/ui/Field'
import { secretsQuery } from '../api/queries'

interface Props { control: ControlProps; value: string; onChange: (value: string) => void }

const REFERENCE = /^\$\{secret:([\w.-]+)\}$/

/** A secret, typed in or taken from the vault by its name; what is typed goes into the vault as well. */
export function SecretInput({ control, value, onChange }: Props): ReactNode {
  const t = useT('servers')
  const known = useQuery(secretsQuery).data ?? []
  const chosen = REFERENCE.exec(value)?.[1]
  if (chosen !== undefined) return <div className="secret-chosen"><KeyRound size={14} aria-hidden /><code className="mono grow cut" id={control.id} tabIndex={0}>{chosen}</code><Button size="s" onClick={() => onChange('')}>{t('other')}</Button></div>
  return (
    <div className="secret-input">
      <Input {...control} type="password" className="mono" value={value} autoComplete="new-password" onChange={(event) => onChange(event.target.value)} />
      {known.length > 0 && (
        <select className="input" aria-label={t('fromVault')} value="" onChange={(event) => onChange(`\${secret:${event.target.value}}`)}>
          <option value="">{t('fromVault')}</option>
          {known.map((secret) => <option key={secret.name} value={secret.name}>{secret.name}</option>)}
        </select>
      )}
    </div>
  )
}
