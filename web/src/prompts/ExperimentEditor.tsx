import { useState, type FormEvent, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import Plus from 'lucide-react/icons/plus'
import Trash from 'lucide-react/icons/trash-2'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { useAgents } from '@/lib/queries'
import { Button, Dialog, Field, IconButton, Input, Select, Textarea, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { experiments, keys, type Experiment } from './api'
import { checkExperiment, formOf, isRight, toBody, type ExperimentForm, type Mistake } from './form'

/** Makes or changes an experiment: of which agent, with which variants, and who keeps to one. */
export function ExperimentEditor({ experiment, onClose }: { experiment: Experiment | undefined; onClose: () => void }): ReactNode {
  const t = useT('prompts')
  const client = useQueryClient()
  const agents = useAgents().data ?? []
  const [form, setForm] = useState<ExperimentForm>(() => formOf(experiment, agents[0]?.name ?? ''))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const found = checkExperiment(form)
  const told = (mistake: Mistake | null | undefined) => (checked && mistake ? t(mistake) : undefined)
  const set = (change: Partial<ExperimentForm>) => { setForm({ ...form, ...change }); setRefusal(null) }
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (!isRight(found)) return
    setBusy(true)
    try {
      await (experiment ? experiments.change(experiment, changeOf(form)) : experiments.create(toBody(form)))
      await client.invalidateQueries({ queryKey: keys.experiments })
      onClose()
    } catch (error) {
      if (error instanceof ApiError && error.errors.length > 0) setRefusal(error)
      else toastError(error)
    }
    setBusy(false)
  }
  return (
    <Dialog
      open size="l" title={experiment ? t('editExperiment') : t('newExperiment')} description={t('experimentsLead')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="experiment" loading={busy}>{experiment ? t('save') : t('create')}</Button></>}
    >
      <form id="experiment" className="stack" noValidate onSubmit={(event) => void save(event)}>
        <div className="admin-columns">
          <Field label={t('name')} error={refusal?.field('name') ?? told(found.name)}>{(control) => <Input {...control} className="mono" disabled={experiment !== undefined} placeholder="brief-or-thorough" value={form.name} onChange={(event) => set({ name: event.target.value })} />}</Field>
          <Field label={t('agent')} error={refusal?.field('agent') ?? told(found.agent)}>{(control) => <Select {...control} disabled={experiment !== undefined} value={form.agent} onChange={(agent) => set({ agent })} options={agents.map(({ name }) => ({ value: name, label: name }))} />}</Field>
        </div>
        <div className="field">
          <span className="field-label">{t('sticky')}</span>
          <Segments label={t('sticky')} value={form.sticky} onChange={(sticky) => set({ sticky })} options={[{ value: 'session', label: t('sticky_session') }, { value: 'person', label: t('sticky_person') }]} />
          <span className="field-hint">{t(`sticky_${form.sticky}Hint`)}</span>
        </div>
        {form.variants.map((variant, index) => (
          <VariantFields
            key={index} n={index + 1} variant={variant} error={refusal?.field(`variants.${index}.weight`) ?? told(found.variants[index])} canGo={form.variants.length > 2}
            onChange={(change) => set({ variants: form.variants.map((other, at) => (at === index ? { ...other, ...change } : other)) })} onRemove={() => set({ variants: form.variants.filter((_, at) => at !== index) })}
          />
        ))}
        {told(found.whole) && <p className="field-error" role="alert">{told(found.whole)}</p>}
        <div><Button size="s" icon={<Plus size={13} />} onClick={() => set({ variants: [...form.variants, { name: `variant-${form.variants.length + 1}`, weight: '1', instructions: '' }] })}>{t('addVariant')}</Button></div>
      </form>
    </Dialog>
  )
}

/** What of an experiment can be changed. */
function changeOf(form: ExperimentForm): Pick<Experiment, 'sticky' | 'variants'> {
  const { sticky, variants } = toBody(form)
  return { sticky, variants }
}

interface VariantProps { n: number; variant: ExperimentForm['variants'][number]; error: string | undefined; canGo: boolean; onChange: (change: Partial<ExperimentForm['variants'][number]>) => void; onRemove: () => void }

function VariantFields({ n, variant, error, canGo, onChange, onRemove }: VariantProps): ReactNode {
  const t = useT('prompts')
  return (
    <fieldset className="variant">
      <legend className="sr-only">{t('variantOf', { n })}</legend>
      <div className="variant-head">
        <Input aria-label={t('variantName', { n })} value={variant.name} onChange={(event) => onChange({ name: event.target.value })} />
        <span className="tiny muted" aria-hidden="true">{t('weight')}</span>
        <Input aria-label={t('variantWeight', { n })} inputMode="decimal" value={variant.weight} onChange={(event) => onChange({ weight: event.target.value })} />
        <IconButton size="s" label={t('variantRemove', { n })} disabled={!canGo} icon={<Trash size={14} />} onClick={onRemove} />
      </div>
      <Textarea aria-label={t('variantText', { n })} rows={4} value={variant.instructions} placeholder={t('variantTextHint')} onChange={(event) => onChange({ instructions: event.target.value })} />
      {error !== undefined && <p className="field-error" role="alert">{error}</p>}
    </fieldset>
  )
}
