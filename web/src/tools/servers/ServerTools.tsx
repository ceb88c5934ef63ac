import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import ShieldAlert from 'lucide-react/icons/shield-alert'
import { Loaded } from '@/admin/parts/Loaded'
import { Card } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Link } from '@/lib/router'
import { Badge, Button, confirm, EmptyState, toast, toastError } from '@/ui'
import { keys, pinsQuery, useRefresh } from '../api/queries'
import { servers, type Pin, type Server } from '../api/servers'
import { waitingPins } from './diff'
import { OverrideEditor } from './OverrideEditor'
import { PinReview } from './PinReview'

/** The tools of a server: those that wait for a review first, then those that were accepted. */
export function ServerTools({ server, etag }: { server: Server; etag: string | null }): ReactNode {
  return <Loaded query={useQuery(pinsQuery(server.id))}>{(pins) => <Reviewed server={server} etag={etag} pins={pins} />}</Loaded>
}

function Reviewed({ server, etag, pins }: { server: Server; etag: string | null; pins: readonly Pin[] }): ReactNode {
  const t = useT('servers')
  const refresh = useRefresh()
  const [busy, setBusy] = useState(false)
  const [edited, setEdited] = useState<string | null>(null)
  const waiting = waitingPins(pins)
  const rest = pins.filter((pin) => !waiting.includes(pin) && pin.tool !== '')
  const accept = async (tools: string[] | '*'): Promise<void> => {
    if (tools === '*' && !(await confirm({ title: t('acceptAllTitle', { n: waiting.length }), detail: t('acceptAllDetail'), action: t('acceptAll') }))) return
    setBusy(true)
    try {
      const { accepted } = await servers.accept(server.id, tools)
      await refresh(keys.servers, keys.tools)
      toast({ tone: 'ok', title: t('accepted', { n: accepted }) })
    } catch (error) { toastError(error) }
    setBusy(false)
  }
  if (pins.length === 0) return <EmptyState title={t('noTools')}><p>{t('noToolsDetail')}</p></EmptyState>
  return (
    <div className="stack">
      {waiting.length > 0 && (
        <section className="stack" aria-label={t('quarantine')}>
          <div className="notice notice-warn quarantine">
            <ShieldAlert size={18} aria-hidden />
            <div className="grow"><b>{t('quarantineTitle', { n: waiting.length })}</b><p className="tiny">{t('quarantineDetail')}</p></div>
            {waiting.length > 1 && <Button size="s" loading={busy} onClick={() => void accept('*')}>{t('acceptAll')}</Button>}
          </div>
          {waiting.map((pin) => <PinReview key={pin.tool} pin={pin} busy={busy} onAccept={() => void accept([pin.tool])} />)}
        </section>
      )}
      {rest.length > 0 && (
        <Card label={t('view_tools')}>
          {rest.map((pin) => <PinLine key={pin.tool} pin={pin} server={server} onEdit={() => setEdited(pin.tool)} />)}
        </Card>
      )}
      {edited !== null && <OverrideEditor server={server} etag={etag} tool={edited} definition={pins.find((pin) => pin.tool === edited)?.before ?? null} onClose={() => setEdited(null)} />}
    </div>
  )
}

function PinLine({ pin, server, onEdit }: { pin: Pin; server: Server; onEdit: () => void }): ReactNode {
  const t = useT('servers')
  const own = server.overrides[pin.tool]
  const shown = own?.name ?? pin.tool
  const about = own?.description ?? pin.before?.['description']
  return (
    <div className="pin-line" role="listitem">
      <div className="grow pin-text">
        <span className="row">
          {pin.state === 'gone' || own?.hidden ? <span className="mono muted">{shown}</span> : <Link className="mono" to="/tools/catalogue" search={{ tool: `${server.name}.${shown}` }}>{shown}</Link>}
          {pin.state === 'gone' && <Badge title={t('pin_goneHint')}>{t('pin_gone')}</Badge>}
          {own?.hidden && <Badge>{t('hidden')}</Badge>}
          {own && !own.hidden && <Badge tone="accent" title={t('overriddenHint', { name: pin.tool })}>{t('overridden')}</Badge>}
        </span>
        {typeof about === 'string' && <span className="tiny muted pin-about">{about}</span>}
      </div>
      {pin.state !== 'gone' && server.is_own && <Button size="s" aria-label={t('adjustTool', { name: pin.tool })} onClick={onEdit}>{t('adjust')}</Button>}
    </div>
  )
}
