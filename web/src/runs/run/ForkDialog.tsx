import { useState, type FormEvent, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { useAgents, useModels } from '@/lib/queries'
import { useNavigate } from '@/lib/router'
import { Button, Dialog, Field, Select, Textarea, toast } from '@/ui'
import { Segments } from '@/ui/Segments'
import { runs } from '../api/calls'
import { keys, runQuery, stepsQuery, useRefresh } from '../api/queries'
import type { Run, Step } from '../api/types'
import { useAct } from '../parts/useAct'
import { changesFor, isWhole, startOf, textFor, toFork, type Change, type ForkForm } from './fork'

interface Props {
  runId: string
  /** The step to begin at; without, the last one. */
  at?: number
  /** The call to begin at, where its step is not known. */
  call?: string
  onClose: () => void
}

/** Goes on from a step otherwise: a new answer beside the old one. */
export default function ForkDialog({ runId, at, call, onClose }: Props): ReactNode {
  const t = useT('runs')
  const run = useQuery(runQuery(runId))
  const steps = useQuery(stepsQuery(runId))
  return (
    <Dialog open title={t('forkTitle')} description={t('forkLead')} onClose={onClose}>
      <Loaded query={run}>{(found) => <Loaded query={steps}>{(items) => <Form run={found} steps={items} at={at ?? items.find((step) => step.tool_call_id === call)?.ordinal} onClose={onClose} />}</Loaded>}</Loaded>
    </Dialog>
  )
}

function Form({ run, steps, at, onClose }: { run: Run; steps: readonly Step[]; at: number | undefined; onClose: () => void }): ReactNode {
  const t = useT('runs')
  const navigate = useNavigate()
  const refresh = useRefresh()
  const [form, setForm] = useState<ForkForm>(() => startOf(steps, at))
  const { busy, act } = useAct<'fork'>()
  const step = steps.find(({ ordinal }) => ordinal === form.at)
  const choose = (change: Change) => setForm({ ...form, change, text: textFor(change, step, run.task ?? '') })
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (!isWhole(form)) return
    const done = await act('fork', async () => { await runs.fork(run.id, toFork(form, steps)); await refresh(keys.lists) })
    if (!done) return
    toast({ tone: 'ok', title: t('forked') })
    onClose()
    await navigate({ to: '/chat/$chatId', params: { chatId: run.chat_id } })
  }
  return (
    <form className="stack" onSubmit={(event) => void send(event)}>
      <Field label={t('fromStep')}>
        {(control) => (
          <Select
            {...control} value={String(form.at)} onChange={(value) => setForm({ ...startOf(steps, Number(value)), agent: form.agent, model: form.model })}
            options={steps.map(({ ordinal, tool, title, kind }) => ({ value: String(ordinal), label: `${ordinal}. ${tool ?? (title || t(`step_${kind}`))}` }))}
          />
        )}
      </Field>
      <div className="field">
        <span className="field-label">{t('whatChanges')}</span>
        <Segments label={t('whatChanges')} value={form.change} onChange={choose} options={changesFor(step).map((value) => ({ value, label: t(`change_${value}`) }))} />
        <span className="field-hint">{t(`change_${form.change}Hint`)}</span>
      </div>
      {form.change !== 'again' && (
        <Field label={t(`change_${form.change}`)}>
          {(control) => <Textarea {...control} className={form.change === 'result' ? 'mono fork-text' : 'fork-text'} rows={6} value={form.text} onChange={(event) => setForm({ ...form, text: event.target.value })} />}
        </Field>
      )}
      <With form={form} onChange={setForm} run={run} />
      <div className="admin-form-foot"><Button onClick={onClose}>{t('back')}</Button><Button variant="primary" type="submit" loading={busy !== null} disabled={!isWhole(form)}>{t('forkDo')}</Button></div>
    </form>
  )
}

function With({ form, onChange, run }: { form: ForkForm; onChange: (form: ForkForm) => void; run: Run }): ReactNode {
  const t = useT('runs')
  const agents = (useAgents().data ?? []).filter(({ status, name }) => status === 'active' && name !== run.agent)
  const models = useModels().data ?? []
  return (
    <div className="admin-columns">
      <Field label={t('agent')}>{(control) => <Select {...control} value={form.agent} onChange={(agent) => onChange({ ...form, agent })} options={[{ value: '', label: t('sameAgent', { agent: run.agent }) }, ...agents.map(({ name }) => ({ value: name, label: name }))]} />}</Field>
      <Field label={t('model')}>{(control) => <Select {...control} value={form.model} onChange={(model) => onChange({ ...form, model })} options={[{ value: '', label: t('sameModel') }, ...models.map(({ id }) => ({ value: id, label: id }))]} />}</Field>
    </div>
  )
}
