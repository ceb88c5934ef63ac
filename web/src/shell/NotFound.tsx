import { Link } from '@/lib/router'
import { useT } from '@/i18n'
import { EmptyState } from '@/ui'

export function NotFound() {
  const t = useT('shell')
  return <div className="centre fill"><h1 className="sr-only">{t('notFound')}</h1><EmptyState title={t('notFound')} actions={<Link className="btn" to="/">{t('home')}</Link>} /></div>
}
