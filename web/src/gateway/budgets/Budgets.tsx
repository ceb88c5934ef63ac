import { type ReactNode, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import Pencil from 'lucide-react/icons/pencil'
import Plus from 'lucide-react/icons/plus'
import Trash from 'lucide-react/icons/trash-2'
import Wallet from 'lucide-react/icons/wallet'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { ago, dateTime } from '@/lib/format'
import { Badge, Button, confirm, EmptyState, IconButton, toast, toastError } from '@/ui'
import { budgets as door, type Reach } from '../api/calls'
import { budgetsQuery, keys, peopleQuery, useRefresh } from '../api/queries'
import type { Budget } from '../api/types'
import { cost } from '../parts/cost'
import { BudgetBar } from './BudgetBar'
import { BudgetEditor } from './BudgetEditor'
import { useSubject } from './subject'

/** Limits on spending: one's own, or those that an admin sets for people. */
export function Budgets({ reach }: { reach: Reach }): ReactNode {
  const t = useT('gateway')
  const query = useQuery(budgetsQuery(reach))
  const [edited, setEdited] = useState<Budget | 'new' | null>(null)
  const isMine = reach === 'mine'
  return (
    <Section
      title={t(isMine ? 'budgets' : 'budgetsPeople')} lead={t(isMine ? 'budgetsLead' : 'budgetsPeopleLead')}
      actions={<Button icon={<Plus size={15} />} onClick={() => setEdited('new')}>{t('budgetNew')}</Button>}
    >
      <Loaded query={query}>
        {(all) => (shownOf(all, reach).length === 0
          ? <Card><EmptyState icon={<Wallet size={20} />} title={t('budgetsEmpty')}><p>{t(isMine ? 'budgetsEmptyDetail' : 'budgetsPeopleEmpty')}</p></EmptyState></Card>
          : <Card>{shownOf(all, reach).map((budget) => <BudgetRow key={budget.id} budget={budget} reach={reach} onEdit={() => setEdited(budget)} />)}</Card>)}
      </Loaded>
      {edited !== null && <BudgetEditor budget={edited === 'new' ? undefined : edited} reach={reach} onClose={() => setEdited(null)} />}
    </Section>
  )
}

/** What people set for themselves is theirs: an admin sees what admins set. */
const shownOf = (budgets: readonly Budget[], reach: Reach): readonly Budget[] => (reach === 'mine' ? budgets : budgets.filter(({ set_by }) => set_by === 'admin'))

function BudgetRow({ budget, reach, onEdit }: { budget: Budget; reach: Reach; onEdit: () => void }): ReactNode {
  const t = useT('gateway')
  const subject = useSubject(budget)
  const owner = useOwner(budget, reach)
  const mayChange = reach === 'everyone' || budget.set_by === 'self'
  const name = owner === null ? subject : `${owner} · ${subject}`
  return (
    <div className="budget">
      <div className="budget-head">
        <b className="cut">{name}</b>
        <Badge>{t(`period_${budget.period}`)}</Badge>
        {budget.set_by === 'admin' && reach === 'mine' && <Badge title={t('byAdminHint')}>{t('byAdmin')}</Badge>}
        <span className="grow" />
        {mayChange && <BudgetActions budget={budget} name={name} reach={reach} onEdit={onEdit} />}
      </div>
      <BudgetBar budget={budget} label={name} />
      <div className="budget-foot tiny muted">
        <span>{t('spentOf', { spent: cost(budget.spent_usd), limit: cost(budget.hard_usd ?? budget.soft_usd) })}</span>
        {budget.soft_usd !== null && <span>{t('warnsAt', { sum: cost(budget.soft_usd) })}</span>}
        <span>{budget.hard_usd === null ? t('onlyWarns') : t('refusesAt', { sum: cost(budget.hard_usd) })}</span>
        <span className="grow" />
        <span title={dateTime(budget.resets_at)}>{t('resets', { when: ago(budget.resets_at) })}</span>
      </div>
    </div>
  )
}

/** Whose it is, for admins. */
function useOwner(budget: Budget, reach: Reach): string | null {
  const people = useQuery({ ...peopleQuery, enabled: reach === 'everyone' }).data
  if (reach === 'mine') return null
  return people?.find(({ id }) => id === budget.owner_id)?.full_name ?? budget.owner_name ?? null
}

function BudgetActions({ budget, name, reach, onEdit }: { budget: Budget; name: string; reach: Reach; onEdit: () => void }): ReactNode {
  const t = useT('gateway')
  const refresh = useRefresh()
  const remove = async (): Promise<void> => {
    if (!(await confirm({ title: t('budgetDeleteTitle', { name }), detail: t('budgetDeleteDetail'), action: t('delete'), danger: true }))) return
    await door.remove(reach, budget.id)
    await refresh(keys.budgets, keys.keys)
    toast({ tone: 'ok', title: t('budgetDeleted') })
  }
  return (
    <>
      <IconButton size="s" label={t('editOf', { name })} icon={<Pencil size={14} />} onClick={onEdit} />
      <IconButton size="s" label={t('deleteOf', { name })} icon={<Trash size={14} />} onClick={() => void remove().catch(toastError)} />
    </>
  )
}
