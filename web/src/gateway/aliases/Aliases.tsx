import { type ReactNode, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import Ellipsis from 'lucide-react/icons/ellipsis'
import Plus from 'lucide-react/icons/plus'
import Route from 'lucide-react/icons/route'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { number } from '@/lib/format'
import { Badge, Button, confirm, EmptyState, IconButton, Menu, toast, toastError } from '@/ui'
import { aliases as door } from '../api/calls'
import { aliasesQuery, healthQuery, keys, useRefresh } from '../api/queries'
import type { Alias, Candidate, CandidateHealth, Provider } from '../api/types'
import { Breaker } from '../health/Breaker'
import { TestButton, TestOutcome, useModelTest } from '../health/ModelTest'
import { AliasEditor } from './AliasEditor'
import { isWeighed } from './form'

/** Names that stand for several models. */
export function Aliases({ providers }: { providers: readonly Provider[] }): ReactNode {
  const t = useT('gateway')
  const query = useQuery(aliasesQuery)
  const [edited, setEdited] = useState<Alias | 'new' | null>(null)
  const items = query.data ?? []
  const others = items.filter((item) => item !== edited).map(({ name }) => name)
  return (
    <Section
      title={t('aliases')} lead={t('aliasesLead')}
      actions={items.length > 0 && <Button icon={<Plus size={15} />} onClick={() => setEdited('new')}>{t('aliasNew')}</Button>}
    >
      <Loaded query={query}>
        {(list) => (list.length === 0
          ? <Card><EmptyState icon={<Route size={20} />} title={t('aliasesEmpty')} actions={<Button onClick={() => setEdited('new')}>{t('aliasNew')}</Button>}><p>{t('aliasesEmptyDetail')}</p></EmptyState></Card>
          : <Card>{list.map((alias) => <AliasRow key={alias.id} alias={alias} providers={providers} onEdit={() => setEdited(alias)} />)}</Card>)}
      </Loaded>
      {edited !== null && <AliasEditor alias={edited === 'new' ? undefined : edited} taken={others} providers={providers} onClose={() => setEdited(null)} />}
    </Section>
  )
}

function AliasRow({ alias, providers, onEdit }: { alias: Alias; providers: readonly Provider[]; onEdit: () => void }): ReactNode {
  const t = useT('gateway')
  const health = useQuery(healthQuery).data ?? []
  const { state, test } = useModelTest()
  const sum = alias.candidates.reduce((total, { weight }) => total + weight, 0)
  const isOwn = alias.is_own ?? true
  return (
    <div className="alias">
      <div className="alias-head">
        <b className="mono">{alias.name}</b>
        <Badge title={t(`strategy_${alias.strategy}Hint`)}>{t(`strategy_${alias.strategy}`)}</Badge>
        {alias.is_shared && <Badge title={t('sharedHint')}>{t('shared')}</Badge>}
        <span className="grow" />
        <TestButton state={state} onTest={() => void test(alias.name)} />
        {isOwn && <AliasMenu alias={alias} onEdit={onEdit} />}
      </div>
      <ol className="alias-candidates">
        {alias.candidates.map((item) => (
          <li key={`${item.provider_id}/${item.model}`} className="row">
            <Breaker health={healthOf(item, health)} />
            <span className="mono cut">{item.provider ?? providers.find(({ id }) => id === item.provider_id)?.name ?? '?'}/{item.model}</span>
            {isWeighed(alias.strategy) && <span className="tiny muted">{number((100 * item.weight) / Math.max(1, sum))} %</span>}
          </li>
        ))}
      </ol>
      <TestOutcome state={state} />
    </div>
  )
}

const healthOf = (item: Candidate, health: readonly CandidateHealth[]): CandidateHealth | undefined =>
  health.find(({ provider_id, model }) => provider_id === item.provider_id && model === item.model)

function AliasMenu({ alias, onEdit }: { alias: Alias; onEdit: () => void }): ReactNode {
  const t = useT('gateway')
  const refresh = useRefresh()
  const remove = async (): Promise<void> => {
    if (!(await confirm({ title: t('aliasDeleteTitle', { name: alias.name }), detail: t('aliasDeleteDetail'), action: t('delete'), danger: true }))) return
    await door.remove(alias.id)
    await refresh(keys.aliases, keys.offered)
    toast({ tone: 'ok', title: t('aliasDeleted', { name: alias.name }) })
  }
  return (
    <Menu
      label={t('actionsFor', { name: alias.name })} align="end"
      trigger={(props) => <IconButton {...props} size="s" label={t('actionsFor', { name: alias.name })} icon={<Ellipsis size={16} />} />}
      items={[
        { id: 'edit', label: t('edit'), onSelect: onEdit },
        { id: 'line', line: true },
        { id: 'delete', label: t('delete'), danger: true, onSelect: () => void remove().catch(toastError) },
      ]}
    />
  )
}
