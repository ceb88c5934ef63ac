import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { ago } from '@/lib/format'
import { Link, useSearch } from '@/lib/router'
import { setSearch } from '@/gateway/parts/address'
import { Badge, Button, Table, Tabs } from '@/ui'
import { keys, pinsQuery, secretsQuery, serverQuery, statusQuery, useRefresh } from '../api/queries'
import type { ReplicaStatus, Server, ServerStatus } from '../api/servers'
import { Dot } from '../parts/Dot'
import { breakerTones, serverTones } from '../parts/tones'
import { waitingPins } from './diff'
import { whereOf } from './form'
import { Logs } from './Logs'
import { ServerActions } from './ServerActions'
import { ServerEditor } from './ServerEditor'
import { ServerTools } from './ServerTools'

const views = ['tools', 'replicas', 'logs'] as const

/** One server: how it is, its tools as they were accepted and as they are, its replicas, and what it writes. */
export function ServerPage({ id, known, taken }: { id: string; known: Server | undefined; taken: readonly string[] }): ReactNode {
  return <Loaded query={useQuery(serverQuery(id))}>{({ server, etag }) => <Opened server={known ? { ...server, status: known.status, quarantined: known.quarantined } : server} etag={etag} taken={taken} />}</Loaded>
}

function Opened({ server, etag, taken }: { server: Server; etag: string | null; taken: readonly string[] }): ReactNode {
  const t = useT('servers')
  const refresh = useRefresh()
  const { view: wanted } = useSearch()
  const [editing, setEditing] = useState(false)
  const status = useQuery(statusQuery(server.id)).data ?? server.status
  const waiting = waitingPins(useQuery(pinsQuery(server.id)).data ?? []).length
  const view = views.find((item) => item === wanted) ?? 'tools'
  return (
    <article className="admin-page" aria-label={server.name}>
      <header className="server-head">
        <Link to="/tools/servers" className="btn btn-s"><ArrowLeft size={14} aria-hidden />{t('servers')}</Link>
        <div className="row server-title">
          <Dot tone={serverTones[status.state]} label={t(`state_${status.state}`)} />
          <h2 className="cut">{server.title || server.name}</h2>
          <Badge {...(badge[status.state] && { tone: badge[status.state] })}>{server.enabled ? t(`state_${status.state}`) : t('disabled')}</Badge>
          <span className="grow" />
          {server.is_own && <Button size="s" onClick={() => setEditing(true)}>{t('edit')}</Button>}
          <ServerActions server={server} status={status} onEdit={() => setEditing(true)} />
        </div>
        <code className="mono tiny muted server-where">{whereOf(server)}</code>
        {status.last_error !== null && status.state !== 'ready' && <div className="notice notice-bad">{status.last_error}</div>}
        <Facts server={server} status={status} />
        <Needs names={server.secrets} />
      </header>
      <Tabs
        label={server.name} panelId="server-view" value={view} onChange={(next) => setSearch({ view: next })}
        items={views.map((item) => ({ id: item, label: <>{t(`view_${item}`)}{item === 'tools' && waiting > 0 && <span className="tools-count">{waiting}</span>}</> }))}
      />
      <div id="server-view" role="tabpanel" aria-label={t(`view_${view}`)}>
        {view === 'tools' && <ServerTools server={server} etag={etag} />}
        {view === 'replicas' && <Replicas replicas={status.replicas} />}
        {view === 'logs' && <Logs id={server.id} />}
      </div>
      {editing && <ServerEditor server={server} etag={etag} taken={taken} onClose={() => setEditing(false)} onDone={() => { setEditing(false); void refresh(keys.servers, keys.tools) }} />}
    </article>
  )
}

const badge: Record<ServerStatus['state'], 'ok' | 'warn' | 'bad' | 'accent' | undefined> = { ready: 'ok', quarantined: 'warn', unavailable: 'bad', starting: 'accent', idle: undefined }

function Facts({ server, status }: { server: Server; status: ServerStatus }): ReactNode {
  const t = useT('servers')
  const info = status.server_info
  const facts: [string, ReactNode][] = [
    [t('name'), <code key="name" className="mono">{server.name}</code>],
    [t('protocol'), status.protocol_version === null ? '—' : `${status.protocol_version}${status.era ? ` (${t(`era_${status.era}`)})` : ''}`],
    [t('software'), info ? [info.title ?? info.name, info.version].filter(Boolean).join(' ') || '—' : '—'],
    [t('offers'), [t('toolsCount', { n: status.tools }), t('resourcesCount', { n: status.resources }), t('promptsCount', { n: status.prompts })].join(' · ')],
    ...(status.pid === null ? [] : [[t('process'), String(status.pid)] as [string, ReactNode]]),
    [t('since'), status.started_at === null ? '—' : ago(status.started_at)],
  ]
  return <dl className="facts">{facts.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
}

/** The secrets that whoever uses the server needs, each marked when it is not in the vault yet. */
function Needs({ names }: { names: readonly string[] }): ReactNode {
  const t = useT('servers')
  const vault = useQuery(secretsQuery).data?.map((secret) => secret.name)
  if (names.length === 0) return null
  const missing = vault === undefined ? [] : names.filter((name) => !vault.includes(name))
  return (
    <div className={missing.length > 0 ? 'notice notice-warn' : 'tiny muted'}>
      {t('needsSecrets')} {names.map((name) => <code key={name} className="mono">{name} </code>)}
      {missing.length > 0 && <>{t('secretsMissing', { names: missing.join(', ') })} <Link to="/settings/secrets">{t('toVaultPage')}</Link></>}
    </div>
  )
}

function Replicas({ replicas }: { replicas: readonly ReplicaStatus[] }): ReactNode {
  const t = useT('servers')
  if (replicas.length === 0) return <p className="small muted">{t('replicasNone')}</p>
  return (
    <Table
      label={t('replicas')} rows={replicas} rowKey={(item) => String(item.index)}
      columns={[
        { id: 'where', label: t('where'), cell: (item) => <span className="row"><Dot tone={breakerTones[item.state]} label={t(`breaker_${item.state}`)} /><code className="mono">{item.url ?? item.command ?? `#${item.index + 1}`}</code></span> },
        { id: 'state', label: t('state'), cell: (item) => item.state === 'closed' ? t(`state_${item.link}`) : t(`breaker_${item.state}`) },
        { id: 'flight', label: t('inFlight'), align: 'end', cell: (item) => item.in_flight },
        { id: 'weight', label: t('weight'), align: 'end', cell: (item) => item.weight },
        { id: 'pid', label: t('process'), align: 'end', cell: (item) => item.pid ?? '—' },
        { id: 'error', label: t('lastError'), cell: (item) => <span className="tiny muted last-error" title={item.last_error ?? undefined}>{item.last_error ?? '—'}</span> },
      ]}
    />
  )
}
