import type { ReactNode } from 'react'
import Plus from 'lucide-react/icons/plus'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { Button, IconButton, Input } from '@/ui'
import type { Pair } from './form'

interface Props { label: string; hint: string; nameLabel: string; placeholder: string; pairs: readonly Pair[]; onChange: (pairs: Pair[]) => void; error: string | undefined }

/** Names with values, such as headers; a value may name a secret of the vault. */
export function PairFields({ label, hint, nameLabel, placeholder, pairs, onChange, error }: Props): ReactNode {
  const t = useT('servers')
  const change = (at: number, part: Partial<Pair>) => onChange(pairs.map((pair, index) => (index === at ? { ...pair, ...part } : pair)))
  return (
    <div className="field">
      <span className="field-label">{label}</span>
      {pairs.map((pair, index) => (
        <div key={index} className="row pair">
          <Input className="mono" aria-label={t('pairName', { what: nameLabel, n: index + 1 })} placeholder={placeholder} value={pair.name} spellCheck={false} autoComplete="off" onChange={(event) => change(index, { name: event.target.value })} />
          <Input className="mono" aria-label={t('pairValue', { what: nameLabel, n: index + 1 })} placeholder="${secret:TOKEN}" value={pair.value} spellCheck={false} autoComplete="off" onChange={(event) => change(index, { value: event.target.value })} />
          <IconButton size="s" label={t('pairRemove', { what: nameLabel, n: index + 1 })} icon={<X size={14} />} onClick={() => onChange(pairs.filter((_, at) => at !== index))} />
        </div>
      ))}
      {error !== undefined ? <div className="field-error" role="alert">{error}</div> : <span className="field-hint">{hint}</span>}
      <div><Button size="s" icon={<Plus size={13} />} aria-label={t('pairAdd', { what: nameLabel })} onClick={() => onChange([...pairs, { name: '', value: '' }])}>{t('add')}</Button></div>
    </div>
  )
}
