import { useDeferredValue, useMemo, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Hammer from 'lucide-react/icons/hammer'
import Search from 'lucide-react/icons/search'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { useSearch } from '@/lib/router'
import { EmptyState, Input, Select } from '@/ui'
import type { Tool } from '../api/tools'
import { toolsQuery } from '../api/queries'
import { grouped, narrowed, type Narrowing } from './groups'
import { Overview } from './Overview'
import { ToolGroup } from './ToolGroup'
import { ToolPage } from './ToolPage'
import './catalogue.css'

/** Every tool at the left, grouped by where it comes from; the chosen one beside it. */
export default function Catalogue(): ReactNode {
  return <Loaded query={useQuery(toolsQuery)}>{(tools) => <Chosen tools={tools} />}</Loaded>
}

function Chosen({ tools }: { tools: readonly Tool[] }): ReactNode {
  const t = useT('tools')
  const { tool: name } = useSearch()
  const tool = tools.find((item) => item.name === name)
  return (
    <div className={name === undefined ? 'catalogue' : 'catalogue catalogue-open'}>
      <ToolIndex tools={tools} chosen={name} />
      <div className="catalogue-detail" key={name}>
        {tool ? <ToolPage tool={tool} />
          : name !== undefined ? <EmptyState icon={<Hammer size={20} />} title={t('toolGone', { name })}><p>{t('toolGoneDetail')}</p></EmptyState>
            : <Overview tools={tools} />}
      </div>
    </div>
  )
}

const narrowings: readonly Narrowing[] = ['all', 'ask', 'deny', 'trouble']

function ToolIndex({ tools, chosen }: { tools: readonly Tool[]; chosen: string | undefined }): ReactNode {
  const t = useT('tools')
  const [typed, setTyped] = useState('')
  const [sort, setSort] = useState<Narrowing>('all')
  const query = useDeferredValue(typed)
  const groups = useMemo(() => grouped(narrowed(tools, query, sort)), [tools, query, sort])
  return (
    <nav className="catalogue-index" aria-label={t('catalogue')}>
      <div className="catalogue-find">
        <div className="admin-search grow">
          <Search size={15} aria-hidden />
          <Input type="search" aria-label={t('findTool')} placeholder={t('findTool')} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </div>
        <Select aria-label={t('show')} value={sort} onChange={(value) => setSort(value as Narrowing)} options={narrowings.map((value) => ({ value, label: t(`show_${value}`) }))} />
      </div>
      <div className="catalogue-groups">
        {groups.map((group) => <ToolGroup key={group.origin} group={group} chosen={chosen} />)}
        {groups.length === 0 && <p className="small muted catalogue-none" role="status">{t('nothingFits')}</p>}
      </div>
    </nav>
  )
}
