import { memo, useEffect, useRef, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import ChevronRight from 'lucide-react/icons/chevron-right'
import TriangleAlert from 'lucide-react/icons/triangle-alert'
import { useT } from '@/i18n'
import { count } from '@/lib/format'
import { Link } from '@/lib/router'
import { Badge } from '@/ui'
import { healthQuery } from '../api/queries'
import type { Tool } from '../api/tools'
import { backendOf, worstOf } from '../calls/backend'
import { Dot } from '../parts/Dot'
import { breakerTones } from '../parts/tones'
import { shortName, type Group } from './groups'
import { useOriginTitle } from './useOriginTitle'

/** The tools of one origin under its name. */
export function ToolGroup({ group, chosen }: { group: Group; chosen: string | undefined }): ReactNode {
  const t = useT('tools')
  const [open, setOpen] = useState(true)
  const title = useOriginTitle()(group.origin)
  const states = useQuery(healthQuery).data?.filter((item) => backendOf(item.server).name === group.name && group.name !== '').map((item) => item.state) ?? []
  const state = worstOf(states, ['open', 'half_open', 'closed'])
  return (
    <section className="tool-section" aria-label={title}>
      <h2>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <ChevronRight size={13} className="tool-turn" aria-hidden />
          <span className="cut">{title}</span>
          {state && <Dot tone={breakerTones[state]} label={t(`breaker_${state}`)} />}
          <span className="tiny faint">{count(group.tools.length)}</span>
        </button>
      </h2>
      {open && <ul>{group.tools.map((tool) => <ToolLine key={tool.name} tool={tool} isChosen={tool.name === chosen} />)}</ul>}
    </section>
  )
}

const ToolLine = memo(function ToolLine({ tool, isChosen }: { tool: Tool; isChosen: boolean }): ReactNode {
  const t = useT('tools')
  const item = useRef<HTMLLIElement>(null)
  useEffect(() => { if (isChosen) item.current?.scrollIntoView({ block: 'nearest' }) }, [isChosen])
  return (
    <li ref={item} className="tool-line">
      <Link to="/tools/catalogue" search={{ tool: tool.name }} aria-current={isChosen ? 'page' : undefined}>
        <span className="mono cut">{shortName(tool)}</span>
        {tool.state !== 'ready' && <Badge tone={tool.state === 'quarantined' ? 'warn' : 'bad'}>{t(`state_${tool.state}`)}</Badge>}
        {tool.errors_24h > 0 && <span className="tone-bad tool-errors" data-tip={t('errorsToday', { n: tool.errors_24h })}><TriangleAlert size={12} aria-hidden /><span className="sr-only">{t('errorsToday', { n: tool.errors_24h })}</span></span>}
        {tool.grant !== 'allow' && <span className={`tiny tool-grant-${tool.grant}`}>{t(`grant_${tool.grant}`)}</span>}
        <span className="tool-line-about tiny cut">{tool.description}</span>
      </Link>
    </li>
  )
})
