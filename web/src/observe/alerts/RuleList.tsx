import type { ReactNode } from 'react'
import BellOff from 'lucide-react/icons/bell-off'
import Ellipsis from 'lucide-react/icons/ellipsis'
import Mail from 'lucide-react/icons/mail'
import Webhook from 'lucide-react/icons/webhook'
import { useT } from '@/i18n'
import { ago, dateTime } from '@/lib/format'
import { Badge, Button, confirm, IconButton, Menu, Switch, toast, toastError, type MenuEntry } from '@/ui'
import { useAlertActions, type Alert } from './data'
import { amount, sentence } from './words'

interface Props {
  alerts: Alert[]
  onEdit: (alert: Alert) => void
  onSecret: (name: string, secret: string) => void
}

const rank: Record<Alert['state'], number> = { firing: 0, pending: 1, ok: 2 }
const by_urgency = (a: Alert, b: Alert): number => Number(b.enabled) - Number(a.enabled) || rank[a.state] - rank[b.state] || a.name.localeCompare(b.name)

/** The rules, what fires first. */
export function RuleList({ alerts, onEdit, onSecret }: Props): ReactNode {
  const t = useT('alerts')
  return (
    <ul className="alert-list" aria-label={t('rules')}>
      {[...alerts].sort(by_urgency).map((alert) => <RuleRow key={alert.id} alert={alert} onEdit={onEdit} onSecret={onSecret} />)}
    </ul>
  )
}

const isMuted = (alert: Alert): boolean => alert.muted_until !== null && new Date(alert.muted_until) > new Date()

function RuleRow({ alert, onEdit, onSecret }: { alert: Alert } & Omit<Props, 'alerts'>): ReactNode {
  const t = useT('alerts')
  const actions = useAlertActions()
  const test = async (): Promise<void> => {
    const { deliveries } = await actions.test(alert.id)
    const failed = deliveries.find((delivery) => delivery.status !== 'delivered')
    if (failed) toast({ tone: 'bad', title: t('testFailed', { channel: t(failed.channel) }), ...(failed.error ? { detail: failed.error } : {}) })
    else toast({ tone: 'ok', title: t('testSent', { name: alert.name }) })
  }
  return (
    <li className={`alert-row alert-${alert.enabled ? alert.state : 'off'}`}>
      <span className="alert-dot" aria-hidden="true" />
      <div className="grow alert-what">
        <button type="button" className="alert-name" onClick={() => onEdit(alert)}>{alert.name}</button>
        <span className="small muted">{sentence(t, alert)}</span>
        <span className="alert-notes tiny muted">
          <State alert={alert} />
          {isMuted(alert) && <Badge tone="warn"><BellOff size={11} aria-hidden /> {t('mutedUntil', { when: dateTime(alert.muted_until ?? '') })}</Badge>}
          {alert.webhook_url && <span className="cut alert-to"><Webhook size={12} aria-hidden /> {new URL(alert.webhook_url).host}</span>}
          {alert.email && <span className="cut alert-to"><Mail size={12} aria-hidden /> {alert.email}</span>}
          {!alert.webhook_url && !alert.email && <span>{t('onlyHere')}</span>}
        </span>
      </div>
      <div className="alert-actions">
        {(alert.webhook_url ?? alert.email) && <Button size="s" onClick={() => void test().catch(toastError)}>{t('test')}</Button>}
        <Switch
          checked={alert.enabled} label={<span className="sr-only">{t('watch', { name: alert.name })}</span>}
          onChange={(enabled) => void actions.change(alert.id, { enabled }).catch(toastError)}
        />
        <RowMenu alert={alert} onEdit={onEdit} onSecret={onSecret} />
      </div>
    </li>
  )
}

function State({ alert }: { alert: Alert }): ReactNode {
  const t = useT('alerts')
  if (!alert.enabled) return <Badge>{t('state_off')}</Badge>
  const tone = alert.state === 'firing' ? 'bad' : alert.state === 'pending' ? 'warn' : 'ok'
  const value = alert.last_value === null ? null : amount(t, alert.kind, alert.last_value)
  return (
    <>
      <Badge tone={tone}>{t(`state_${alert.state}`)}</Badge>
      <span>{ago(alert.state_since)}{value !== null && ` · ${t('now', { value })}`}</span>
    </>
  )
}

const hour_seconds = 3600

function RowMenu({ alert, onEdit, onSecret }: { alert: Alert } & Omit<Props, 'alerts'>): ReactNode {
  const t = useT('alerts')
  const actions = useAlertActions()
  const mute = (seconds: number) => () => void actions.mute(alert.id, seconds).catch(toastError)
  const remove = async (): Promise<void> => {
    if (!(await confirm({ title: t('removeTitle', { name: alert.name }), detail: t('removeDetail'), action: t('remove'), danger: true }))) return
    await actions.remove(alert.id)
    toast({ tone: 'ok', title: t('removed', { name: alert.name }) })
  }
  const renew = async (): Promise<void> => {
    if (!(await confirm({ title: t('renewTitle'), detail: t('renewDetail'), action: t('renew') }))) return
    onSecret(alert.name, (await actions.renewSecret(alert.id)).webhook_secret)
  }
  const items: MenuEntry[] = [
    { id: 'edit', label: t('edit'), onSelect: () => onEdit(alert) },
    ...(alert.webhook_url ? [{ id: 'renew', label: t('renew'), onSelect: () => void renew().catch(toastError) }] : []),
    { id: 'line', line: true },
    { id: 'mute', heading: t('mute') },
    ...(isMuted(alert) ? [{ id: 'unmute', label: t('unmute'), onSelect: mute(0) }] : []),
    { id: 'mute-1', label: t('hours', { n: 1 }), onSelect: mute(hour_seconds) },
    { id: 'mute-8', label: t('hours', { n: 8 }), onSelect: mute(8 * hour_seconds) },
    { id: 'mute-24', label: t('hours', { n: 24 }), onSelect: mute(24 * hour_seconds) },
    { id: 'line-2', line: true },
    { id: 'remove', label: t('remove'), danger: true, onSelect: () => void remove().catch(toastError) },
  ]
  return (
    <Menu
      label={t('actionsOf', { name: alert.name })} align="end" items={items}
      trigger={(props) => <IconButton size="s" label={t('actionsOf', { name: alert.name })} icon={<Ellipsis size={15} />} {...props} />}
    />
  )
}
