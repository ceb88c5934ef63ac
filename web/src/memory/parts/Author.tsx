import type { ReactNode } from 'react'
import Users from 'lucide-react/icons/users'
import { useT } from '@/i18n'
import type { Author as Person } from '../api/types'
import './source.css'

/** Who said something of what is shared. */
export function Author({ author }: { author: Person }): ReactNode {
  const t = useT('memory')
  return <span className="source" title={t('saidBy', { name: author.name })}><Users size={13} aria-hidden /><span className="sr-only">{t('saidBy', { name: '' })}</span><span className="cut">{author.name}</span></span>
}
