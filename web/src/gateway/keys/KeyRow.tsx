import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { ago, count, dateTime } from '@/lib/format'
import { Badge, Button, confirm, toast, toastError } from '@/ui'
import { gatewayKeys } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { GatewayKey } from '../api/types'
import { BudgetBar } from '../budgets/BudgetBar'
import { cost } from '../parts/cost'

/** One key: what it may do, what it spent, and the way to end it. */
export function KeyRow({ item, onEdit }: { item: GatewayKey; onEdit: () => void }): ReactNode {
  const t = useT('gateway')
  const isOver = item.expires_at !== null && Date.parse(item.expires_at) < Date.now()
  return (
    <div className="key-row">
      <div className="key-head">
        <b className="cut">{item.name}</b>
        <span className="mono muted key-prefix">{item.prefix}…</span>
        {isOver && <Badge tone="warn">{t('expired')}</Badge>}
        <span className="grow" />
        <span className="key-spent small"><b>{cost(item.spent_usd_month)}</b> <span className="tiny muted">{t('thisMonth')}</span></span>
        <span className="key-spent small"><b>{cost(item.spent_usd_day)}</b> <span className="tiny muted">{t('today')}</span></span>
        <Button size="s" onClick={onEdit}>{t('edit')}</Button>
        <Revoke item={item} />
      </div>
      {item.budget && <BudgetBar budget={item.budget} label={t('budgetOfKey', { name: item.name })} />}
      <div className="key-facts tiny muted">
        <span>{item.models === null ? t('modelsAll') : item.models.map((model) => <code key={model} className="mono">{model}</code>)}</span>
        <span>{t('requestsAMinute', { n: item.requests_per_minute })}</span>
        {item.tokens_per_minute !== null && <span>{t('tokensAMinute', { n: count(item.tokens_per_minute) })}</span>}
        <span>{item.last_used_at === null ? t('neverUsed') : t('usedAgo', { when: ago(item.last_used_at) })}</span>
        <span>{item.expires_at === null ? t('neverExpires') : t('expiresAt', { when: dateTime(item.expires_at) })}</span>
      </div>
    </div>
  )
}

function Revoke({ item }: { item: GatewayKey }): ReactNode {
  const t = useT('gateway')
  const refresh = useRefresh()
  const revoke = async (): Promise<void> => {
    if (!(await confirm({ title: t('keyRevokeTitle', { name: item.name }), detail: t('keyRevokeDetail'), action: t('revoke'), danger: true }))) return
    await gatewayKeys.revoke(item.id)
    await refresh(keys.keys, keys.budgets)
    toast({ tone: 'ok', title: t('keyRevoked', { name: item.name }) })
  }
  return <Button size="s" variant="danger" onClick={() => void revoke().catch(toastError)}>{t('revoke')}</Button>
}
