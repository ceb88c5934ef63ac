import { useState, type ReactNode } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import FlaskConical from 'lucide-react/icons/flask-conical'
import Pencil from 'lucide-react/icons/pencil'
import Plus from 'lucide-react/icons/plus'
import Trash from 'lucide-react/icons/trash-2'
import { AgentName } from '@/admin/parts/AgentName'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Page } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { number } from '@/lib/format'
import { Badge, Button, confirm, EmptyState, IconButton, toastError } from '@/ui'
import { experiments, experimentsQuery, keys, type Experiment } from './api'
import { ExperimentEditor } from './ExperimentEditor'
import { shares } from './form'
import { Results } from './Results'
import './prompts.css'

/** Instructions tried against each other: which variant is given how often, and how its runs went. */
export default function Experiments(): ReactNode {
  const t = useT('prompts')
  const [edited, setEdited] = useState<Experiment | 'new' | null>(null)
  const query = useQuery(experimentsQuery)
  const add = <Button variant="primary" icon={<Plus size={15} />} onClick={() => setEdited('new')}>{t('newExperiment')}</Button>
  return (
    <Page title={t('experiments')} lead={t('experimentsLead')} actions={(query.data?.length ?? 0) > 0 && add}>
      <Loaded query={query}>
        {(items) => (items.length === 0
          ? <EmptyState icon={<FlaskConical size={20} />} title={t('noExperiments')} actions={add}><p>{t('noExperimentsText')}</p></EmptyState>
          : items.map((experiment) => <Shown key={experiment.id} experiment={experiment} onEdit={() => setEdited(experiment)} />))}
      </Loaded>
      {edited !== null && <ExperimentEditor experiment={edited === 'new' ? undefined : edited} onClose={() => setEdited(null)} />}
    </Page>
  )
}

function Shown({ experiment, onEdit }: { experiment: Experiment; onEdit: () => void }): ReactNode {
  const t = useT('prompts')
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const isRunning = experiment.status === 'running'
  const after = async (work: () => Promise<unknown>) => {
    setBusy(true)
    try { await work(); await client.invalidateQueries({ queryKey: keys.experiments }) } catch (error) { toastError(error) }
    setBusy(false)
  }
  const remove = async () => { if (await confirm({ title: t('deleteTitle', { name: experiment.name }), detail: t('deleteExperiment'), action: t('delete'), danger: true })) await after(() => experiments.remove(experiment.id)) }
  return (
    <Card>
      <div className="experiment-head">
        <b className="grow cut">{experiment.name}</b>
        <AgentName name={experiment.agent} />
        <Badge {...(isRunning && { tone: 'accent' as const })}>{isRunning ? t('running') : t('stopped')}</Badge>
        <Button size="s" loading={busy} onClick={() => void after(() => experiments.change(experiment, { status: isRunning ? 'stopped' : 'running' }))}>{isRunning ? t('stop') : t('start')}</Button>
        <IconButton size="s" label={t('editOf', { name: experiment.name })} icon={<Pencil size={14} />} onClick={onEdit} />
        <IconButton size="s" label={t('deleteOf', { name: experiment.name })} icon={<Trash size={14} />} onClick={() => void remove()} />
      </div>
      <div className="experiment-body">
        <p className="tiny muted">{t(`sticky_${experiment.sticky}Hint`)}</p>
        <Shares experiment={experiment} />
        <Results id={experiment.id} />
      </div>
    </Card>
  )
}

function Shares({ experiment: { variants } }: { experiment: Experiment }): ReactNode {
  const parts = shares(variants.map(({ weight }) => weight))
  return (
    <div className="experiment-shares">
      {variants.map((variant, index) => <span key={variant.name} className="small" title={variant.instructions ?? ''}><b>{variant.name}</b> <span className="muted tabular">{number((parts[index] ?? 0) * 100, 0)} %</span></span>)}
    </div>
  )
}
