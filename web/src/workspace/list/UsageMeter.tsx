import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { bytes, number } from '@/lib/format'
import type { Usage } from '../api/types'

const nearly_full = 0.9

/** How much of its room a workspace takes. */
export function UsageMeter({ usage }: { usage: Usage }): ReactNode {
  const t = useT('workspaces')
  const share = usage.quota_bytes === 0 ? 0 : Math.min(1, usage.bytes / usage.quota_bytes)
  const words = t('usage', { used: bytes(usage.bytes), quota: bytes(usage.quota_bytes), files: number(usage.files) })
  return (
    <span className="ws-usage" data-full={share >= nearly_full || undefined} title={words}>
      <meter min={0} max={1} value={share} aria-label={words} />
      <span className="tiny muted" aria-hidden="true">{t('usageShort', { used: bytes(usage.bytes), quota: bytes(usage.quota_bytes) })}</span>
    </span>
  )
}
