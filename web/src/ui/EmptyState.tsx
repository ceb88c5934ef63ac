import type { ReactNode } from 'react'
import CircleAlert from 'lucide-react/icons/circle-alert'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/http'
import { Button } from './Button'

interface EmptyStateProps { icon?: ReactNode; title: string; children?: ReactNode; actions?: ReactNode }

export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <div className="empty">
      {icon !== undefined && <div className="empty-icon">{icon}</div>}
      <h2>{title}</h2>
      {children}
      {actions !== undefined && <div className="empty-actions">{actions}</div>}
    </div>
  )
}

/** What a screen shows when its data did not come: the server's words, the way out and a retry. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useT('shell')
  const known = error instanceof ApiError ? error : null
  return (
    <EmptyState
      icon={<CircleAlert size={20} />} title={known?.title ?? t('wentWrong')}
      actions={onRetry && <Button onClick={onRetry}>{t('retry')}</Button>}
    >
      <p>{known?.detail ?? (error instanceof Error ? error.message : String(error))}</p>
      {known?.hint !== undefined && <p>{known.hint}</p>}
    </EmptyState>
  )
}
