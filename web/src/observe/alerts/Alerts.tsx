import { useState, type ReactNode } from 'react'
import BellRing from 'lucide-react/icons/bell-ring'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { Button, EmptyState, ErrorState, Spinner, Tabs } from '@/ui'
import { useAlerts, useLiveAlerts, type Alert, type MadeAlert } from './data'
import { History } from './History'
import { RuleEditor } from './RuleEditor'
import { RuleList } from './RuleList'
import { SecretOnce } from './SecretOnce'
import './alerts.css'

/** Rules over what is observed: what is watched, who is told, and what happened so far. */
export default function Alerts(): ReactNode {
  const t = useT('alerts')
  useLiveAlerts()
  const [tab, setTab] = useState('rules')
  const [editing, setEditing] = useState<Alert | 'new' | null>(null)
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null)
  const show = (alert: Alert | MadeAlert): void => {
    setEditing(null)
    if ('webhook_secret' in alert && alert.webhook_secret) setMade({ name: alert.name, secret: alert.webhook_secret })
  }
  return (
    <div className="alerts">
      <header className="alerts-head">
        <div className="grow">
          <h2>{t('title')}</h2>
          <p className="small muted">{t('lead')}</p>
        </div>
        <Button variant="primary" icon={<Plus size={15} />} onClick={() => setEditing('new')}>{t('newRule')}</Button>
      </header>
      <Tabs
        label={t('title')} value={tab} onChange={setTab} panelId="alerts-panel"
        items={[{ id: 'rules', label: t('rules') }, { id: 'history', label: t('history') }]}
      />
      <div id="alerts-panel" role="tabpanel" aria-label={tab === 'rules' ? t('rules') : t('history')}>
        {tab === 'rules' ? <Rules onNew={() => setEditing('new')} onEdit={setEditing} onSecret={(name, secret) => setMade({ name, secret })} /> : <History />}
      </div>
      {editing && <RuleEditor alert={editing === 'new' ? null : editing} onDone={show} onClose={() => setEditing(null)} />}
      {made && <SecretOnce name={made.name} secret={made.secret} onClose={() => setMade(null)} />}
    </div>
  )
}

interface RulesProps {
  onNew: () => void
  onEdit: (alert: Alert) => void
  onSecret: (name: string, secret: string) => void
}

function Rules({ onNew, onEdit, onSecret }: RulesProps): ReactNode {
  const t = useT('alerts')
  const alerts = useAlerts()
  if (!alerts.data) {
    if (alerts.isError) return <ErrorState error={alerts.error} onRetry={() => void alerts.refetch()} />
    return <div className="alerts-wait"><Spinner label={t('loading')} /></div>
  }
  if (alerts.data.length === 0) {
    return (
      <EmptyState icon={<BellRing size={20} />} title={t('empty')} actions={<Button variant="primary" onClick={onNew}>{t('newRule')}</Button>}>
        <p>{t('emptyDetail')}</p>
      </EmptyState>
    )
  }
  return <RuleList alerts={alerts.data} onEdit={onEdit} onSecret={onSecret} />
}
