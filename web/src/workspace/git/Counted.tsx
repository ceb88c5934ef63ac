import type { ReactNode } from 'react'
import { useT } from '@/i18n'

/** How many lines came and went; nothing where lines are not counted. */
export function Counted({ added, removed }: { added: number; removed: number }): ReactNode {
  const t = useT('workspaces')
  if (added + removed === 0) return null
  return <span className="row tiny" role="img" aria-label={t('counted', { added, removed })}><span className="ws-plus" aria-hidden="true">+{added}</span><span className="ws-minus" aria-hidden="true">−{removed}</span></span>
}
