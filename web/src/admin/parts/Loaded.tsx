import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { ErrorState, Spinner } from '@/ui'

/** Shows a query's data, or that it is on its way, or why it did not come. */
export function Loaded<Data>({
  query,
  children,
}: {
  query: UseQueryResult<Data>
  children: (data: Data) => ReactNode
}): ReactNode {
  const t = useT('shell')
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return (
    <div className="admin-wait">
      <Spinner label={t('loading')} />
    </div>
  )
}
