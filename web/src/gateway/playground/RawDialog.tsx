import { useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Dialog, Tabs } from '@/ui'
import { Snippet } from '@/ui/Snippet'
import type { Dialect } from '../api/types'
import { dialects, speakers } from './dialects'
import type { Round } from './lane'
import { asCurl, asPython } from './snippets'

type View = 'request' | 'response' | 'curl' | 'python'
const views: readonly View[] = ['request', 'response', 'curl', 'python']

/** What went over the wire, both ways, and the same request for a shell and for Python. */
export function RawDialog({ round, onClose }: { round: Round; onClose: () => void }): ReactNode {
  const t = useT('gateway')
  const [view, setView] = useState<View>('request')
  const labels: Record<View, string> = { request: t('request'), response: t('response'), curl: 'curl', python: 'Python' }
  return (
    <Dialog open size="l" className="raw" title={t('raw')} onClose={onClose}>
      <Tabs label={t('raw')} panelId="raw" value={view} onChange={(id) => setView(id as View)} items={views.map((id) => ({ id, label: labels[id] }))} />
      <div id="raw" role="tabpanel" aria-label={labels[view]}><Snippet block label={labels[view]} text={textOf(round, view)} /></div>
      {view === 'response' && round.raw.isCut && <p className="tiny muted">{t('rawCut')}</p>}
    </Dialog>
  )
}

function textOf({ raw }: Round, view: View): string {
  const dialect: Dialect = dialects.find((name) => speakers[name].path === raw.request.path) ?? 'chat'
  switch (view) {
    case 'request': return `POST ${raw.request.path}\n\n${JSON.stringify(raw.request.body, null, 2)}`
    case 'response': return `${[`HTTP ${raw.status ?? '—'}`, ...raw.headers.map(([name, value]) => `${name}: ${value}`)].join('\n')}\n\n${raw.text}`
    case 'curl': return asCurl(raw.request, dialect, location.origin)
    case 'python': return asPython(raw.request, dialect, location.origin)
  }
}
