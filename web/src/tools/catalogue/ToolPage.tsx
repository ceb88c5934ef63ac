import { useState, type ReactNode } from 'react'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import { useT } from '@/i18n'
import { count, duration } from '@/lib/format'
import { Link } from '@/lib/router'
import { Badge, Tabs } from '@/ui'
import { Snippet } from '@/ui/Snippet'
import type { Tool } from '../api/tools'
import { Calls } from '../calls/Calls'
import { Folded } from '../form/ValueField'
import { ToolRules } from '../policies/ToolRules'
import { TryTool } from '../trying/TryTool'
import { originOf } from './groups'
import { useOriginTitle } from './useOriginTitle'

type View = 'try' | 'rules' | 'calls' | 'definition'

/** One tool: what it is, a way to try it, its rules, its calls, and its definition. */
export function ToolPage({ tool }: { tool: Tool }): ReactNode {
  const t = useT('tools')
  const [view, setView] = useState<View>('try')
  const views: View[] = ['try', 'rules', 'calls', 'definition']
  return (
    <article className="tool-page" aria-label={tool.name}>
      <Head tool={tool} />
      <Tabs label={tool.name} panelId="tool-view" value={view} onChange={(id) => setView(id as View)} items={views.map((id) => ({ id, label: t(`view_${id}`) }))} />
      <div id="tool-view" role="tabpanel" aria-label={t(`view_${view}`)} className="tool-view">
        {/* What was typed and what came of it stay while other views are looked at. */}
        <div hidden={view !== 'try'}><TryTool tool={tool} /></div>
        {view === 'rules' && <ToolRules tool={tool} />}
        {view === 'calls' && <Calls tool={tool.name} />}
        {view === 'definition' && <Definition tool={tool} />}
      </div>
    </article>
  )
}

function Head({ tool }: { tool: Tool }): ReactNode {
  const t = useT('tools')
  return (
    <header className="tool-head-page">
      <Link to="/tools/catalogue" className="btn btn-s tool-back"><ArrowLeft size={14} aria-hidden />{t('tools')}</Link>
      <h2><span className="mono">{tool.name}</span></h2>
      {tool.title !== null && tool.title !== tool.name && <p className="small">{tool.title}</p>}
      <div className="row tool-marks">
        <Origin origin={tool.origin} />
        {tool.state !== 'ready' && <Badge tone={tool.state === 'quarantined' ? 'warn' : 'bad'} title={t(`state_${tool.state}Hint`)}>{t(`state_${tool.state}`)}</Badge>}
        {tool.read_only && <Badge tone="ok" title={t('readOnlyHint')}>{t('readOnly')}</Badge>}
        {tool.destructive && <Badge tone="warn" title={t('destructiveHint')}>{t('destructive')}</Badge>}
        {tool.idempotent && <Badge title={t('idempotentHint')}>{t('idempotent')}</Badge>}
        {tool.open_world && <Badge title={t('openWorldHint')}>{t('openWorld')}</Badge>}
      </div>
      {tool.description !== '' && <p className="small muted tool-about"><Folded text={tool.description} /></p>}
      <Figures tool={tool} />
    </header>
  )
}

function Origin({ origin }: { origin: string }): ReactNode {
  const title = useOriginTitle()(origin)
  const { kind, name } = originOf(origin)
  if (kind !== 'mcp' && kind !== 'service') return <Badge>{title}</Badge>
  return <Link className="badge tool-origin" to={kind === 'mcp' ? '/tools/servers' : '/tools/services'} search={{ name }}>{title}</Link>
}

function Figures({ tool }: { tool: Tool }): ReactNode {
  const t = useT('tools')
  const facts: [string, string][] = [
    [t('callsToday'), count(tool.calls_24h)], [t('failedToday'), count(tool.errors_24h)], [t('latency'), tool.latency_ms_p50 === null ? '—' : duration(tool.latency_ms_p50)],
    [t('timeout'), tool.timeout_seconds === null ? '—' : duration(tool.timeout_seconds * 1000)], [t('cached'), tool.cache_seconds > 0 ? duration(tool.cache_seconds * 1000) : '—'],
  ]
  return <dl className="facts">{facts.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
}

function Definition({ tool }: { tool: Tool }): ReactNode {
  const t = useT('tools')
  return (
    <div className="stack">
      <h3 className="small">{t('wireName')}</h3>
      <Snippet label={t('wireName')} text={tool.wire_name} />
      <h3 className="small">{t('inputSchema')}</h3>
      <Snippet block label={t('inputSchema')} text={JSON.stringify(tool.parameters, null, 2)} />
      {tool.output_schema !== null && <><h3 className="small">{t('outputSchema')}</h3><Snippet block label={t('outputSchema')} text={JSON.stringify(tool.output_schema, null, 2)} /></>}
    </div>
  )
}
