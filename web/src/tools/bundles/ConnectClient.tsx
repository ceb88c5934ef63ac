import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { Link } from '@/lib/router'
import { Tabs } from '@/ui'
import { Snippet } from '@/ui/Snippet'
import type { Connect } from '../api/bundles'
import { connectQuery } from '../api/queries'

type Client = Exclude<keyof Connect, 'url'>
const clients: readonly { id: Client; label: string }[] = [{ id: 'claude', label: 'Claude Code' }, { id: 'codex', label: 'Codex' }, { id: 'cursor', label: 'Cursor' }, { id: 'json', label: 'JSON' }]
const PLACE = /\bKEY\b/g

/** What to paste into a client so that it uses these tools; the token stands in it where it is known. */
export function ConnectClient({ bundle, token }: { bundle: string | null; token: string | null }): ReactNode {
  const t = useT('servers')
  const [client, setClient] = useState<Client>('claude')
  return (
    <Loaded query={useQuery(connectQuery(bundle))}>
      {(texts) => (
        <div className="stack connect">
          <Snippet label={t('address')} text={texts.url} />
          <div className="admin-card connect-snippets">
            <Tabs label={t('connectClient')} panelId={`connect-${bundle ?? 'all'}`} value={client} onChange={(id) => setClient(id as Client)} items={[...clients]} />
            <div id={`connect-${bundle ?? 'all'}`} role="tabpanel" aria-label={client}><Snippet block label={client} text={texts[client].replace(PLACE, () => token ?? 'KEY').trimEnd()} /></div>
          </div>
          {token === null && <p className="tiny muted">{bundle === null ? <>{t('keyPlace')} <Link to="/settings/keys">{t('keyMake')}</Link></> : t('tokenPlace')}</p>}
        </div>
      )}
    </Loaded>
  )
}
