import type { ReactNode } from 'react'
import Activity from 'lucide-react/icons/activity'
import SearchX from 'lucide-react/icons/search-x'
import { useT } from '@/i18n'
import { Link } from '@/lib/router'
import { Button, EmptyState } from '@/ui'
import { everything } from '../filters/filters'
import { useFilters } from '../filters/useFilters'
import { Command } from './Command'

/** Nothing was ever heard: how to be heard. */
export function Teach(): ReactNode {
  const t = useT('observe')
  return (
    <EmptyState icon={<Activity size={20} />} title={t('teachTitle')} actions={<Link to="/observe/sources" className="btn btn-primary">{t('teachAction')}</Link>}>
      <p>{t('teachText')}</p>
      <div className="teach-command"><Command text={`entourage hooks install --user --url ${location.origin}`} /></div>
    </EmptyState>
  )
}

/** Nothing passes the filters. */
export function NothingFits(): ReactNode {
  const t = useT('observe')
  const { change } = useFilters()
  return (
    <EmptyState icon={<SearchX size={20} />} title={t('nothingFits')} actions={<Button onClick={() => change(everything)}>{t('clearAll')}</Button>}>
      <p>{t('nothingFitsText')}</p>
    </EmptyState>
  )
}
