import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import type { Grant } from '@/lib/types'
import { Badge } from '@/ui'

const tones = { allow: 'ok', ask: 'warn', deny: 'bad' } as const

/** What a tool is granted: runs by itself, asks first, or is refused. */
export function GrantBadge({ grant }: { grant: Grant }): ReactNode {
  const t = useT('tools')
  return <Badge tone={tones[grant]} title={t(`grant_${grant}Hint`)}>{t(`grant_${grant}`)}</Badge>
}
