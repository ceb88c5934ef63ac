import { Suspense, useEffect } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/http'
import { dateTime } from '@/lib/format'
import { Link, useParams } from '@/lib/router'
import { Logo } from '@/shell/Logo'
import { EmptyState, ErrorState, Spinner } from '@/ui'
import { Toaster } from '@/ui/toast'
import { TooltipHost } from '@/ui/Tooltip'
import { openShared, type SharedChat } from './data'
import { SharedMessageView } from './SharedMessageView'
import './share.css'

const fresh_ms = 45 * 60_000

/** A shared conversation, for whoever has its link: no account, nothing to change. */
export default function SharedScreen() {
  const t = useT('share')
  const { token = '' } = useParams()
  // Links to results last an hour, so they are fetched anew before that.
  const shared = useQuery({ queryKey: ['shared', token], queryFn: () => openShared(token), staleTime: fresh_ms, refetchInterval: fresh_ms, retry: false })
  useEffect(() => keepUnlisted(), [])
  useEffect(() => { if (shared.data) document.title = `${shared.data.title} · Entourage` }, [shared.data])
  const isGone = shared.error instanceof ApiError && shared.error.status === 404
  return (
    <div className="shared">
      <header className="shared-bar">
        <Link to="/" className="shared-brand"><Logo size={22} /><span>Entourage</span></Link>
        <span className="badge">{t('readOnly')}</span>
      </header>
      <main className="shared-talk">
        {shared.isPending && <div className="centre fill"><Spinner label={t('loading')} /></div>}
        {isGone && <EmptyState title={t('goneTitle')}><p>{t('goneDetail')}</p></EmptyState>}
        {shared.isError && !isGone && <ErrorState error={shared.error} onRetry={() => void shared.refetch()} />}
        {shared.data && <Suspense fallback={<Spinner />}><Talk shared={shared.data} /></Suspense>}
      </main>
      <Toaster />
      <TooltipHost />
    </div>
  )
}

function Talk({ shared }: { shared: SharedChat }) {
  const t = useT('share')
  return (
    <>
      <div className="shared-head">
        <h1>{shared.title}</h1>
        <p className="small muted">{t('sharedAt', { when: dateTime(shared.shared_at) })}</p>
      </div>
      {shared.messages.map((message, index) => <SharedMessageView key={index} message={message} />)}
    </>
  )
}

/** Asks search engines to stay away, in the page as the server does in its headers. */
function keepUnlisted(): () => void {
  const mark = document.createElement('meta')
  mark.name = 'robots'
  mark.content = 'noindex'
  document.head.append(mark)
  return () => mark.remove()
}
