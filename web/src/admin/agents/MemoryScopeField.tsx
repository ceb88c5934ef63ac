import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import type { MemoryScope } from '@/lib/types'
import { Segments } from '@/ui/Segments'

const scopes: readonly MemoryScope[] = ['all', 'own', 'shared', 'none']

/** What an agent may remember, and what that means in a sentence. */
export function MemoryScopeField({ value, onChange }: { value: MemoryScope; onChange: (scope: MemoryScope) => void }): ReactNode {
  const t = useT('admin')
  return (
    <div className="memory-scope">
      <Segments label={t('memoryScope')} value={value} onChange={onChange} options={scopes.map((scope) => ({ value: scope, label: t(`memory_${scope}`) }))} />
      <p className="tiny muted">{t(`memory_${value}Hint`)}</p>
    </div>
  )
}
