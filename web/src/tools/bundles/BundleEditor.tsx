import { useState, type FormEvent, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { useAgents } from '@/lib/queries'
import { useSession } from '@/lib/session'
import { Button, Dialog, Field, Input, Select, Switch, Textarea, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { bundles, searchModes, type Bundle } from '../api/bundles'
import { bundlesQuery, keys, toolsQuery, useRefresh } from '../api/queries'
import { checkBundle, formOf, letIn, patterns, toBody, type BundleForm } from './form'

interface Props { bundle: Bundle | undefined; taken: readonly string[]; onClose: () => void }

/** Makes or changes a bundle; what its patterns let in is told while they are typed. */
export function BundleEditor({ bundle, taken, onClose }: Props): ReactNode {
  const t = useT('servers')
  const refresh = useRefresh()
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  const agents = useAgents().data ?? []
  const [form, setForm] = useState<BundleForm>(() => formOf(bundle))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const mistakes = checked ? checkBundle(form, taken) : {}
  const set = (change: Partial<BundleForm>) => { setForm({ ...form, ...change }); setRefusal(null) }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(checkBundle(form, taken)).length > 0) return
    setBusy(true)
    try {
      const body = toBody(form, isAdmin)
      await (bundle ? bundles.change(bundle.id, body) : bundles.create(body))
      await refresh(bundlesQuery.queryKey, keys.bundles)
      onClose()
    } catch (error) {
      if (error instanceof ApiError && error.errors.length > 0) setRefusal(error)
      else toastError(error)
    }
    setBusy(false)
  }
  return (
    <Dialog
      open size="l" title={bundle ? t('bundleEdit', { name: bundle.name }) : t('bundleNew')} description={t('bundleLead')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="bundle" loading={busy}>{bundle ? t('save') : t('create')}</Button></>}
    >
      <form id="bundle" className="stack" noValidate onSubmit={(event) => void save(event)}>
        <div className="admin-columns">
          <Field label={t('name')} hint={t('bundleNameHint')} error={refusal?.field('name') ?? (mistakes.name && t(mistakes.name))}>
            {(control) => <Input {...control} className="mono" value={form.name} placeholder="research" autoComplete="off" spellCheck={false} onChange={(event) => set({ name: event.target.value })} />}
          </Field>
          <Field label={t('titleField')}>{(control) => <Input {...control} value={form.title} autoComplete="off" onChange={(event) => set({ title: event.target.value })} />}</Field>
        </div>
        <Field label={t('bundleTools')} hint={t('patternsHint')} error={refusal?.field('tools') ?? (mistakes.tools && t(mistakes.tools))}>
          {(control) => <Textarea {...control} className="mono" rows={3} value={form.tools} placeholder={'github.*\nfetch.fetch'} spellCheck={false} onChange={(event) => set({ tools: event.target.value })} />}
        </Field>
        <LetIn text={form.tools} onAdd={(glob) => set({ tools: [...patterns(form.tools), glob].join('\n') })} />
        <div className="admin-columns">
          <Field label={t('bundleAgent')} hint={t('bundleAgentHint')}>
            {(control) => <Select {...control} value={form.agent} onChange={(agent) => set({ agent })} options={[{ value: '', label: t('noAgent') }, ...agents.map(({ name }) => ({ value: name, label: name }))]} />}
          </Field>
          <div className="field">
            <span className="field-label">{t('toolSearch')}</span>
            <Segments label={t('toolSearch')} value={form.search} onChange={(search) => set({ search })} options={searchModes.map((value) => ({ value, label: t(`search_${value}`) }))} />
            <span className="field-hint">{t('toolSearchHint')}</span>
          </div>
        </div>
        <details className="more-fields">
          <summary>{t('resourcesAndPrompts')}</summary>
          <div className="admin-columns">
            <Field label={t('resources')}>{(control) => <Textarea {...control} className="mono" rows={2} value={form.resources} spellCheck={false} onChange={(event) => set({ resources: event.target.value })} />}</Field>
            <Field label={t('prompts')}>{(control) => <Textarea {...control} className="mono" rows={2} value={form.prompts} spellCheck={false} onChange={(event) => set({ prompts: event.target.value })} />}</Field>
          </div>
        </details>
        {isAdmin && <Switch checked={form.is_shared} onChange={(is_shared) => set({ is_shared })} label={t('shareBundle')} />}
      </form>
    </Dialog>
  )
}

const most_names = 12

/** What the patterns let in now, and servers that could be let in as a whole. */
function LetIn({ text, onAdd }: { text: string; onAdd: (glob: string) => void }): ReactNode {
  const t = useT('servers')
  const all = useQuery(toolsQuery).data?.map((tool) => tool.name) ?? []
  const globs = patterns(text)
  const { names, idle } = letIn(globs, all)
  const offered = [...new Set(all.filter((name) => name.includes('.')).map((name) => `${name.split('.')[0]}.*`))].filter((glob) => !globs.includes(glob))
  return (
    <div className="let-in tiny">
      {offered.length > 0 && <div className="row let-in-offers"><span className="muted">{t('addAll')}</span>{offered.map((glob) => <button key={glob} type="button" className="glob mono" onClick={() => onAdd(glob)}>+ {glob}</button>)}</div>}
      <p role="status" className="muted">{t('letsIn', { n: names.length })}{names.length > 0 && <>: <span className="mono">{names.slice(0, most_names).join(', ')}{names.length > most_names ? ', …' : ''}</span></>}</p>
      {idle.length > 0 && <p className="tone-warn">{t('letsInNothing', { globs: idle.join(', ') })}</p>}
    </div>
  )
}
