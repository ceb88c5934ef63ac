import { useQuery } from '@tanstack/react-query'
import { type ReactNode, Suspense, useEffect, useMemo, useState } from 'react'
import Download from 'lucide-react/icons/download'
import { useT } from '@/i18n'
import { bytes, dateTime } from '@/lib/format'
import { ApiError, request } from '@/lib/http'
import { Link, useParams } from '@/lib/router'
import type { Artifact } from '@/lib/types'
import { Logo } from '@/shell/Logo'
import { EmptyState, ErrorState, Spinner } from '@/ui'
import { Segments } from '@/ui/Segments'
import { Toaster } from '@/ui/toast'
import { TooltipHost } from '@/ui/Tooltip'
import { Body, Waiting } from '../Body'
import { type Mode, modesOf } from '../modes'
import { type ContentSource, SourceContext } from '../queries'
import { openShared, type SharedArtifactPage } from './data'
import '@/share/share.css'
import '../dock.css'
import './shared.css'

const FRESH_MS = 45 * 60_000

/** A shared artifact, for whoever has its link: no account, nothing to change. */
export default function SharedArtifact(): ReactNode {
  const t = useT('artifacts')
  const { token = '' } = useParams()
  const shared = useQuery({
    queryKey: ['shared-artifact', token],
    queryFn: () => openShared(token),
    staleTime: FRESH_MS,
    refetchInterval: FRESH_MS,
    retry: false,
  })
  useEffect(() => {
    if (shared.data) document.title = `${shared.data.title} · Entourage`
  }, [shared.data])
  const isGone = shared.error instanceof ApiError && shared.error.status === 404
  return (
    <div className="shared shared-one">
      <header className="shared-bar">
        <Link to="/" className="shared-brand">
          <Logo size={22} />
          <span>Entourage</span>
        </Link>
        <span className="badge">{t('readOnly')}</span>
      </header>
      <main className="shared-sheet">
        {shared.isPending && <Waiting />}
        {isGone && (
          <EmptyState title={t('goneTitle')}>
            <p>{t('goneDetail')}</p>
          </EmptyState>
        )}
        {shared.isError && !isGone && <ErrorState error={shared.error} onRetry={() => void shared.refetch()} />}
        {shared.data && <Shown page={shared.data} token={token} />}
      </main>
      <Toaster />
      <TooltipHost />
    </div>
  )
}

function Shown({ page, token }: { page: SharedArtifactPage; token: string }): ReactNode {
  const t = useT('artifacts')
  const artifact = useMemo(() => asArtifact(page, token), [page, token])
  const source = useMemo(() => sourceOf(page, token), [page, token])
  const modes = modesOf(artifact)
  const [mode, setMode] = useState<Mode>(modes[0] ?? 'view')
  return (
    <SourceContext.Provider value={source}>
      <div className="shared-title">
        <div className="grow">
          <h1>{page.title}</h1>
          <p className="tiny muted">
            {bytes(page.size)} · {dateTime(page.updated_at)}
            {page.expires_at && ` · ${t('until', { when: dateTime(page.expires_at) })}`}
          </p>
        </div>
        {modes.length > 1 && (
          <Segments
            size="s"
            label={t('mode')}
            value={mode}
            onChange={setMode}
            options={modes.map((value) => ({ value, label: t(value === 'view' ? 'modeView' : 'modeSource') }))}
          />
        )}
        <a className="btn btn-s" href={`${page.content_url}?download=true`}>
          <Download size={15} aria-hidden />
          {t('download')}
        </a>
      </div>
      <div className="dock-body shared-body">
        <Suspense fallback={<Spinner label={t('loading')} />}>
          <Body key={mode} artifact={artifact} version={page.version} base={0} mode={mode} wrap={artifact.type !== 'code'} fontSize={12.5} />
        </Suspense>
      </div>
    </SourceContext.Provider>
  )
}

/** What the viewers ask for, as far as a stranger knows it. */
function asArtifact(page: SharedArtifactPage, token: string): Artifact {
  return { ...page, id: token, chat_id: '', run_id: null, agent: null, versions: 1, created_at: page.updated_at }
}

function sourceOf(page: SharedArtifactPage, token: string): ContentSource {
  return {
    read: (_id, _version, signal) => request(`${page.content_url}?download=true`, { signal: signal ?? null }),
    url: async () => (await openShared(token)).content_url,
  }
}
