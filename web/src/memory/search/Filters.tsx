import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { useAgents } from '@/lib/queries'
import { Input, Select, Switch } from '@/ui'
import { Segments } from '@/ui/Segments'
import { listQuery } from '@/workspace/api/queries'
import { useWhose } from '../whose'
import { kinds, modes, sinces, type Since, type Wanted } from './ask'

/** How it is searched, and among what. */
export function Filters({ wanted, onChange }: { wanted: Wanted; onChange: (change: Partial<Wanted>) => void }): ReactNode {
  const t = useT('memory')
  const { id: workspace } = useWhose()
  const hasWorkspaces = (useQuery(listQuery).data ?? []).length > 0
  const agents = useAgents().data ?? []
  const names = [...new Set([...agents.map(({ name }) => name), ...(wanted.agent === '' ? [] : [wanted.agent])])]
  return (
    <div className="memory-filters" role="group" aria-label={t('filters')}>
      <Segments size="s" label={t('mode')} value={wanted.mode} onChange={(mode) => onChange({ mode })} options={modes.map((value) => ({ value, label: t(`mode_${value}`) }))} />
      <Select aria-label={t('kind')} value={wanted.kind} onChange={(kind) => onChange({ kind: kind as Wanted['kind'] })} options={[{ value: '', label: t('anyKind') }, ...kinds.map((value) => ({ value, label: t(`kinds_${value}`) }))]} />
      <Select aria-label={t('agent')} value={wanted.agent} onChange={(agent) => onChange({ agent })} options={[{ value: '', label: t('anyAgent') }, ...names.map((value) => ({ value, label: value }))]} />
      <Select aria-label={t('since')} value={wanted.since} onChange={(since) => onChange({ since: since as Since })} options={[{ value: '', label: t('anyTime') }, ...sinces.map((value) => ({ value, label: t(`since_${value}`) }))]} />
      <Select aria-label={t('hops')} value={String(wanted.graph)} onChange={(graph) => onChange({ graph: Number(graph) as Wanted['graph'] })} options={([0, 1, 2] as const).map((value) => ({ value: String(value), label: t(`hops_${value}`) }))} />
      <Input aria-label={t('tags')} placeholder={t('tags')} value={wanted.tag} onChange={(event) => onChange({ tag: event.target.value })} />
      {workspace === undefined && hasWorkspaces && <Switch label={t('wide')} checked={wanted.isWide} onChange={(isWide) => onChange({ isWide })} />}
    </div>
  )
}
