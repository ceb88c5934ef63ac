import type { ReactNode } from 'react'
import Hand from 'lucide-react/icons/hand'
import Package from 'lucide-react/icons/package'
import Server from 'lucide-react/icons/server'
import { useT } from '@/i18n'
import { count } from '@/lib/format'
import { Link } from '@/lib/router'
import { EmptyState } from '@/ui'
import type { Tool } from '../api/tools'
import { Health } from '../calls/Health'
import { grouped } from './groups'

/** What is here before a tool is chosen: how much there is, how it is doing, and the ways to more. */
export function Overview({ tools }: { tools: readonly Tool[] }): ReactNode {
  const t = useT('tools')
  const sum = (pick: (tool: Tool) => number) => tools.reduce((total, tool) => total + pick(tool), 0)
  const figures: [string, number][] = [
    [t('tools'), tools.length], [t('origins'), grouped(tools).length], [t('callsToday'), sum((tool) => tool.calls_24h)], [t('failedToday'), sum((tool) => tool.errors_24h)],
  ]
  return (
    <div className="tool-overview">
      <EmptyState
        title={t('chooseTool')}
        actions={<>
          <Link to="/tools/servers" className="btn"><Server size={15} aria-hidden />{t('addServer')}</Link>
          <Link to="/tools/services" className="btn"><Package size={15} aria-hidden />{t('addService')}</Link>
          <Link to="/tools/approvals" className="btn"><Hand size={15} aria-hidden />{t('approvals')}</Link>
        </>}
      >
        <p>{t('chooseToolDetail')}</p>
      </EmptyState>
      <dl className="figures">
        {figures.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{count(value)}</dd></div>)}
      </dl>
      <Health />
    </div>
  )
}
