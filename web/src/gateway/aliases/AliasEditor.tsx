import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { useSession } from '@/lib/session'
import { Button, Dialog, Field, Input, Select, Switch, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { aliases } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import { strategies, type Alias, type Provider } from '../api/types'
import { CandidateList } from './CandidateList'
import { checkAlias, choicesOf, formOf, newRow, toBody, type AliasForm, type Row } from './form'

interface Props { alias?: Alias | undefined; taken: readonly string[]; providers: readonly Provider[]; onClose: () => void }

/** Makes or changes an alias: a name, candidates, and how one of them is chosen. */
export function AliasEditor({ alias, taken, providers, onClose }: Props): ReactNode {
  const t = useT('gateway')
  const refresh = useRefresh()
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  const [form, setForm] = useState<AliasForm>(() => formOf(alias))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const etag = useQuery({ queryKey: [...keys.aliases, alias?.id, 'tag'], queryFn: ({ signal }) => aliases.tag(alias?.id ?? '', signal), enabled: alias !== undefined, staleTime: Infinity, gcTime: 0 }).data ?? null
  const mistakes = checked ? checkAlias(form, taken) : {}
  const set = (change: Partial<AliasForm>) => { setForm({ ...form, ...change }); setRefusal(null) }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(checkAlias(form, taken)).length > 0) return
    setBusy(true)
    try {
      const body = toBody(form, isAdmin)
      await (alias ? aliases.change(alias.id, body, etag) : aliases.create(body))
      await refresh(keys.aliases, keys.offered, keys.health)
      onClose()
    } catch (error) {
      if (error instanceof ApiError && error.field('name') !== undefined) setRefusal(error)
      else toastError(error)
    }
    setBusy(false)
  }
  return (
    <Dialog
      open size="l" title={alias ? t('aliasEdit', { name: alias.name }) : t('aliasNew')} description={t('aliasLead')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="alias" loading={busy}>{alias ? t('save') : t('create')}</Button></>}
    >
      <form id="alias" className="stack" noValidate onSubmit={(event) => void save(event)}>
        <Field label={t('name')} hint={t('aliasNameHint')} error={refusal?.field('name') ?? (mistakes.name && t(mistakes.name))}>
          {(control) => <Input {...control} className="mono" value={form.name} placeholder="fast" autoComplete="off" spellCheck={false} onChange={(event) => set({ name: event.target.value })} />}
        </Field>
        <div className="field strategies">
          <span className="field-label">{t('strategy')}</span>
          <Segments label={t('strategy')} value={form.strategy} onChange={(strategy) => set({ strategy })} options={strategies.map((value) => ({ value, label: t(`strategy_${value}`) }))} />
          <span className="field-hint">{t(`strategy_${form.strategy}Hint`)}</span>
        </div>
        <Candidates form={form} providers={providers} onChange={(rows) => set({ rows })} error={mistakes.candidates && t(mistakes.candidates)} />
        {isAdmin && <Switch checked={form.is_shared} onChange={(is_shared) => set({ is_shared })} label={t('shareAlias')} />}
      </form>
    </Dialog>
  )
}

interface CandidatesProps { form: AliasForm; providers: readonly Provider[]; onChange: (rows: Row[]) => void; error: string | undefined }

function Candidates({ form, providers, onChange, error }: CandidatesProps): ReactNode {
  const t = useT('gateway')
  const choices = choicesOf(providers)
  const nameOf = (row: Row): string => `${providers.find(({ id }) => id === row.provider_id)?.name ?? '?'}/${row.model}`
  const free = choices.filter(({ provider_id, model }) => !form.rows.some((row) => row.provider_id === provider_id && row.model === model))
  const add = (label: string) => {
    const choice = free.find((item) => item.label === label)
    if (choice) onChange([...form.rows, newRow(choice.provider_id, choice.model)])
  }
  return (
    <div className="field">
      <span className="field-label">{t('candidates')}</span>
      {form.rows.length > 0 && <CandidateList rows={form.rows} strategy={form.strategy} nameOf={nameOf} onChange={onChange} />}
      {choices.length === 0 && <p className="small muted">{t('candidatesFirst')}</p>}
      {free.length > 0 && (
        <Select
          aria-label={t('candidateAdd')} value="" onChange={add}
          options={[{ value: '', label: t('candidateAdd') }, ...free.map(({ label }) => ({ value: label, label }))]}
        />
      )}
      {error !== undefined && <div className="field-error" role="alert">{error}</div>}
    </div>
  )
}
