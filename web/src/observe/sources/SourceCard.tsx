import { useState, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { ago, count } from '@/lib/format'
import { Link } from '@/lib/router'
import { Badge, Button, confirm, Switch, toast, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { sources } from '../api/calls'
import { keys as names } from '../api/queries'
import type { Source } from '../api/types'
import { KEYS, type IngestKey } from './keys'

/** One application: what came from it, how it is answered, and its keys. */
export function SourceCard({ source, keys, onConnect }: { source: Source; keys: readonly IngestKey[]; onConnect: () => void }): ReactNode {
  const t = useT('observe')
  const client = useQueryClient()
  const [wanted, setWanted] = useState<Pick<Source, 'mode' | 'route_permissions'> | null>(null)
  const { mode, route_permissions } = wanted ?? source
  const set = (part: Partial<Pick<Source, 'mode' | 'route_permissions'>>) => {
    const next = { mode, route_permissions, ...part }
    setWanted(next)
    sources.set(source.app, next).then(() => client.invalidateQueries({ queryKey: names.sources })).catch(toastError).finally(() => setWanted(null))
  }
  const isOutside = source.app !== 'team'
  return (
    <section className="panel source" aria-label={source.app}>
      <div className="panel-head">
        <h2 className="mono">{source.app}</h2>
        <span className="tiny muted">{source.last_seen_at === null ? t('neverSeen') : `${t('eventsN', { n: source.events, shown: count(source.events) })} · ${ago(source.last_seen_at)}`}</span>
        <span className="grow" />
        <Link to="/observe/events" search={{ source: source.app }} className="btn btn-s btn-ghost">{t('events')}</Link>
        {isOutside && <Button size="s" onClick={onConnect}>{t('newKey')}</Button>}
      </div>
      {isOutside && (
        <div className="source-modes">
          <div className="grow">
            <Segments size="s" label={t('mode')} value={mode} onChange={(next) => set({ mode: next })} options={[{ value: 'observe', label: t('modeObserve') }, { value: 'guard', label: t('modeGuard'), tone: 'ok' }]} />
            <p className="tiny muted">{t(mode === 'guard' ? 'modeGuardText' : 'modeObserveText')}</p>
          </div>
          <div className="grow">
            <Switch checked={route_permissions} onChange={(on) => set({ route_permissions: on })} label={t('routePermissions')} />
            <p className="tiny muted">{t('routePermissionsText')}</p>
          </div>
        </div>
      )}
      {keys.length > 0 && <ul className="source-keys">{keys.map((key) => <li key={key.id}><Key apiKey={key} /></li>)}</ul>}
    </section>
  )
}

function Key({ apiKey }: { apiKey: IngestKey }): ReactNode {
  const t = useT('observe')
  const client = useQueryClient()
  const revoke = async (): Promise<void> => {
    if (!(await confirm({ title: t('revokeTitle', { name: apiKey.name }), detail: t('revokeText'), action: t('revoke'), danger: true }))) return
    await api.delete(`/my/keys/${apiKey.id}`)
    await client.invalidateQueries({ queryKey: KEYS })
    await client.invalidateQueries({ queryKey: names.sources })
    toast({ tone: 'ok', title: t('revoked', { name: apiKey.name }) })
  }
  return (
    <div className="source-key small">
      <span className="cut">{apiKey.name}</span><span className="mono faint">{apiKey.prefix}…</span>
      <span className="grow" />
      <Badge>{apiKey.last_used_at === null ? t('neverUsed') : t('usedAgo', { ago: ago(apiKey.last_used_at) })}</Badge>
      <Button size="s" variant="danger" onClick={() => void revoke().catch(toastError)}>{t('revoke')}</Button>
    </div>
  )
}
