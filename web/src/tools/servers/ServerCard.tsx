import type { ReactNode } from 'react'
import ShieldAlert from 'lucide-react/icons/shield-alert'
import { useT } from '@/i18n'
import { count } from '@/lib/format'
import { Link } from '@/lib/router'
import { Badge } from '@/ui'
import type { Server, ServerStatus } from '../api/servers'
import { Dot } from '../parts/Dot'
import { serverTones } from '../parts/tones'
import { ServerActions } from './ServerActions'
import { whereOf } from './form'

/** A server in the list: how it is, what it offers, and what can be done with it. */
export function ServerCard({ server }: { server: Server }): ReactNode {
  const t = useT('servers')
  const { status } = server
  return (
    <div className="server-card" role="listitem">
      <div className="server-line">
        <Dot tone={server.enabled ? serverTones[status.state] : 'none'} label={server.enabled ? t(`state_${status.state}`) : t('disabled')} />
        <Link className="server-name cut" to={`/tools/servers/${server.id}`}><b>{server.title || server.name}</b>{server.title !== '' && server.title !== server.name && <span className="mono muted"> {server.name}</span>}</Link>
        {!server.enabled && <Badge>{t('disabled')}</Badge>}
        {server.is_shared && <Badge title={t('sharedHint')}>{t('shared')}</Badge>}
        <Waiting server={server} />
        <span className="grow" />
        <ServerActions server={server} status={status} />
      </div>
      <div className="server-facts tiny muted">
        <span>{server.transport}</span>
        <Offers status={status} />
        {status.replicas.length > 1 && <span>{t('replicasUp', { up: status.replicas.filter(({ state }) => state === 'closed').length, n: status.replicas.length })}</span>}
        <code className="mono cut server-where">{whereOf(server)}</code>
      </div>
      {status.last_error !== null && status.state === 'unavailable' && <div className="server-error tiny">{status.last_error}</div>}
    </div>
  )
}

function Offers({ status }: { status: ServerStatus }): ReactNode {
  const t = useT('servers')
  return (
    <>
      <span>{t('toolsCount', { n: status.tools })}</span>
      {status.resources > 0 && <span>{t('resourcesCount', { n: status.resources })}</span>}
      {status.prompts > 0 && <span>{t('promptsCount', { n: status.prompts })}</span>}
      {status.protocol_version !== null && <span>MCP {status.protocol_version}</span>}
    </>
  )
}

function Waiting({ server }: { server: Server }): ReactNode {
  const t = useT('servers')
  const n = server.quarantined
  if (n === 0) return null
  return <Link className="badge badge-warn server-waiting" to={`/tools/servers/${server.id}`} search={{ view: 'tools' }}><ShieldAlert size={12} aria-hidden />{count(n)} {t('toReview', { n })}</Link>
}
