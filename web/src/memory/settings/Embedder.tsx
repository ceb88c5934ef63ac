import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Card, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { number } from '@/lib/format'
import { Link } from '@/lib/router'
import { Badge, confirm } from '@/ui'
import { embeddersQuery } from '../api/queries'
import type { EmbedderChoice, MemorySettings, MemoryStats, Reindex, SettingsChange } from '../api/types'
import { useWhose } from '../whose'

const automatic = 'auto'

interface Props { settings: MemorySettings; stats: MemoryStats | undefined; onSave: (change: SettingsChange) => Promise<void> }

/** What makes vectors of texts. Choosing another moves all memories to it, while the old one goes on serving. */
export function Embedder({ settings, stats, onSave }: Props): ReactNode {
  const t = useT('memory')
  const workspace = useWhose().id
  const choices = useQuery(embeddersQuery(workspace)).data ?? []
  const total = stats ? Object.values(stats.counts).reduce((sum, n) => sum + n, 0) : 0
  const choose = async (id: string, model: string) => {
    if (id === settings.embedder) return
    const isSure = total === 0 || await confirm({ title: t('changeEmbedder', { model }), detail: t('changeEmbedderDetail', { n: total }), action: t('change') })
    if (isSure) await onSave({ embedder: id })
  }
  return (
    <Section title={t('embedder')} lead={t('embedderLead')}>
      {stats?.reindex && <Moving reindex={stats.reindex} />}
      <Card>
        <div role="radiogroup" aria-label={t('embedder')} className="embedders">
          <Choice isChosen={settings.embedder === automatic} name={t('embedderAuto')} note={stats && settings.embedder === automatic ? t('embedderNow', { model: stats.embedder.model }) : ''} onChoose={() => void choose(automatic, t('embedderAuto'))} />
          {choices.map((choice) => <Choice key={choice.id} isChosen={settings.embedder === choice.id} name={choice.model} note={<Facts choice={choice} />} isActive={stats ? stats.embedder.id === choice.id : choice.is_active} isOff={!choice.available} onChoose={() => void choose(choice.id, choice.model)} />)}
        </div>
      </Card>
      {workspace === undefined && <p className="tiny muted">{t('moreEmbedders')} <Link to="/gateway/providers">{t('toProviders')}</Link></p>}
    </Section>
  )
}

function Facts({ choice: { dimensions, local, id, note } }: { choice: EmbedderChoice }): ReactNode {
  const t = useT('memory')
  return <>{[local ? t('embedderLocal') : id, dimensions === null ? null : t('dimensions', { n: dimensions }), note].filter((fact) => fact !== null).join(' · ')}</>
}

interface ChoiceProps { isChosen: boolean; isActive?: boolean; isOff?: boolean; name: string; note: ReactNode; onChoose: () => void }

function Choice({ isChosen, isActive = false, isOff = false, name, note, onChoose }: ChoiceProps): ReactNode {
  const t = useT('memory')
  return (
    <button type="button" role="radio" aria-checked={isChosen} className="embedder" disabled={isOff} onClick={onChoose}>
      <i className="radio-mark" aria-hidden="true" />
      <span className="grow"><b>{name}</b><span className="tiny muted">{note}</span></span>
      {isActive && <Badge tone="ok">{t('inUse')}</Badge>}
    </button>
  )
}

function Moving({ reindex: { from, to, done, total } }: { reindex: Reindex }): ReactNode {
  const t = useT('memory')
  return (
    <div className="notice moving" role="status">
      <p><b>{t('moving', { to })}</b> <span className="muted">{t('movingServes', { from })}</span></p>
      <progress value={done} max={Math.max(1, total)} aria-label={t('moving', { to })} />
      <p className="tiny muted tabular">{t('movingDone', { n: done, done: number(done), total: number(total) })}</p>
    </div>
  )
}
