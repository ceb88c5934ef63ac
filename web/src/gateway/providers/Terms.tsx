import { type ReactNode } from 'react'
import Plus from 'lucide-react/icons/plus'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { Button, Field, IconButton, Input, Select, Switch } from '@/ui'
import type { Billing } from '../api/types'
import type { PriceRow, ProviderField, ProviderForm } from './form'

interface Props {
  form: ProviderForm
  onChange: (change: Partial<ProviderForm>) => void
  errorOf: (field: ProviderField) => string | undefined
  isAdmin: boolean
  /** The provider's models, offered where a price wants one. */
  known: readonly string[]
}

const sums = ['input', 'output', 'cached_input', 'cache_write'] as const
const sumLabels = { input: 'priceInput', output: 'priceOutput', cached_input: 'priceCached', cache_write: 'priceWrite' } as const

/** On what terms a provider is used: its share, who pays, own prices, who else may. Folded away, since most need none of it. */
export function Terms({ form, onChange, errorOf, isAdmin, known }: Props): ReactNode {
  const t = useT('gateway')
  const isWrong = errorOf('weight') !== undefined || errorOf('prices') !== undefined
  return (
    <details className="terms" open={isWrong || form.prices.length > 0 || form.is_shared}>
      <summary>{t('terms')}</summary>
      <div className="admin-columns">
        <Field label={t('billing')} hint={t(billingHints[form.billing])}>
          {(control) => (
            <Select
              {...control} value={form.billing} onChange={(billing) => onChange({ billing: billing as Billing })}
              options={(['own', 'pooled', 'free'] as const).map((value) => ({ value, label: t(`billing_${value}`) }))}
            />
          )}
        </Field>
        <Field label={t('weight')} hint={t('weightHint')} error={errorOf('weight')}>
          {(control) => <Input {...control} inputMode="numeric" value={form.weight} onChange={(event) => onChange({ weight: event.target.value })} />}
        </Field>
      </div>
      <Prices rows={form.prices} onChange={(prices) => onChange({ prices })} error={errorOf('prices')} known={known} />
      {isAdmin && <Switch checked={form.is_shared} onChange={(is_shared) => onChange({ is_shared })} label={t('shareProvider')} />}
    </details>
  )
}

const billingHints = { own: 'billing_ownHint', pooled: 'billing_pooledHint', free: 'billing_freeHint' } as const
const none: PriceRow = { model: '', input: '', output: '', cached_input: '', cache_write: '' }

interface PricesProps { rows: readonly PriceRow[]; onChange: (rows: PriceRow[]) => void; error: string | undefined; known: readonly string[] }

function Prices({ rows, onChange, error, known }: PricesProps): ReactNode {
  const t = useT('gateway')
  const set = (index: number, change: Partial<PriceRow>) => onChange(rows.map((row, at) => (at === index ? { ...row, ...change } : row)))
  return (
    <fieldset className="prices">
      <legend className="field-label">{t('prices')}</legend>
      <p className="tiny muted">{t('pricesHint')}</p>
      <datalist id="priced-models">{known.map((model) => <option key={model} value={model} />)}</datalist>
      {rows.map((row, index) => (
        // Rows have no names of their own yet; they are only added at the end.
        <div key={index} className="price-row">
          <Input className="mono" list="priced-models" aria-label={t('model')} placeholder={t('model')} value={row.model} onChange={(event) => set(index, { model: event.target.value })} spellCheck={false} />
          {sums.map((name) => (
            <label key={name} className="price-cell">
              <span className="tiny muted">{t(sumLabels[name])}</span>
              <Input inputMode="decimal" value={row[name]} placeholder="0.00" onChange={(event) => set(index, { [name]: event.target.value })} />
            </label>
          ))}
          <IconButton size="s" label={t('priceRemove')} icon={<X size={14} />} onClick={() => onChange(rows.filter((_, at) => at !== index))} />
        </div>
      ))}
      {error !== undefined && <div className="field-error" role="alert">{error}</div>}
      <Button size="s" variant="ghost" icon={<Plus size={13} />} onClick={() => onChange([...rows, none])}>{t('priceAdd')}</Button>
    </fieldset>
  )
}
