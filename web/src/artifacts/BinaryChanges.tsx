import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { bytes } from '@/lib/format'
import type { Artifact } from '@/lib/types'
import { EmptyState, ErrorState, Spinner } from '@/ui'

interface Side {
  version: number
  size: number
  sha256: string
  format: string
}
interface Diff {
  from: Side
  to: Side
  is_same: boolean
}

/** Two versions that are no text: their sizes and hashes side by side. */
export function BinaryChanges({ artifact, version, base }: { artifact: Artifact; version: number; base: number }): ReactNode {
  const t = useT('artifacts')
  const diff = useQuery({
    queryKey: ['artifact-diff', artifact.id, base, version],
    queryFn: ({ signal }) => api.get<Diff>(`/my/artifacts/${artifact.id}/diff`, { from: base, to: version }, { signal }),
    staleTime: Infinity,
    enabled: base > 0,
  })
  if (base < 1)
    return (
      <EmptyState title={t('firstVersion')}>
        <p>{t('firstVersionDetail')}</p>
      </EmptyState>
    )
  if (diff.isError) return <ErrorState error={diff.error} onRetry={() => void diff.refetch()} />
  if (!diff.data)
    return (
      <div className="dock-wait">
        <Spinner label={t('loading')} />
      </div>
    )
  return (
    <div className="dock-page">
      <p>{diff.data.is_same ? t('binarySame') : t('binaryDiffers')}</p>
      <table className="dock-sides">
        <tbody>
          {[diff.data.from, diff.data.to].map((side) => (
            <tr key={side.version}>
              <th scope="row">v{side.version}</th>
              <td>{bytes(side.size)}</td>
              <td>{side.format}</td>
              <td className="mono">{side.sha256.slice(0, 16)}…</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
