import { type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import type { Preferences } from '@/lib/types'
import { Button, Switch } from '@/ui'
import { Card, Section, Setting } from '../parts/Page'

type Choice = Preferences['notifications']

interface Props {
  notifications: Choice
  onChange: (change: Partial<Choice>) => void
}

/** What to be told of, and whether this browser may tell it. */
export function Notices({ notifications, onChange }: Props): ReactNode {
  const t = useT('admin')
  const [permission, ask] = usePermission()
  const turn = (change: Partial<Choice>): void => {
    onChange(change)
    if (permission === 'default' && Object.values(change).includes(true)) void ask()
  }
  const wanted = notifications.approvals || notifications.runs
  return (
    <Section title={t('notifications')} lead={t('notificationsLead')}>
      <Card>
        <Setting label={t('notifyApprovals')} hint={t('notifyApprovalsHint')}>
          <Switch
            aria-label={t('notifyApprovals')}
            label=""
            checked={notifications.approvals}
            onChange={(on) => turn({ approvals: on })}
          />
        </Setting>
        <Setting label={t('notifyRuns')} hint={t('notifyRunsHint')}>
          <Switch aria-label={t('notifyRuns')} label="" checked={notifications.runs} onChange={(on) => turn({ runs: on })} />
        </Setting>
        {wanted && permission !== 'granted' && (
          <Setting label={t('thisBrowser')} hint={t(permission === 'default' ? 'noticesUnasked' : 'noticesBlocked')}>
            {permission === 'default' && <Button onClick={() => void ask()}>{t('noticesAllow')}</Button>}
          </Setting>
        )}
      </Card>
    </Section>
  )
}

/** What the browser allows; where it knows no notices (plain HTTP from another machine) they count as denied. */
function usePermission(): [NotificationPermission, () => Promise<void>] {
  const known = typeof Notification === 'undefined' ? 'denied' : Notification.permission
  const [permission, setPermission] = useState<NotificationPermission>(known)
  return [permission, async () => setPermission(await Notification.requestPermission())]
}
