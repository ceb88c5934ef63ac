import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import type { MemoryKind } from '../api/types'

/** What kind of memory it is, with the mark that it has everywhere on this screen. */
export function Kind({ kind }: { kind: MemoryKind }): ReactNode {
  const t = useT('memory')
  return <span className="kind"><i data-kind={kind} aria-hidden="true" />{t(`kind_${kind}`)}</span>
}
