import { useId, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Select } from '@/ui'
import './remember.css'
import { memories, serverGlob, type Memory } from './remember'

interface Props { tool: string; /** The agent or the source that asks. */ who: string; value: Memory; onChange: (memory: Memory) => void }

/** Whether a yes holds for this call only, or from now on, and for whom. */
export default function Remember({ tool, who, value, onChange }: Props): ReactNode {
  const t = useT('tools')
  const id = useId()
  return (
    <span className="remember">
      <label htmlFor={id}>{t('remember')}</label>
      <Select id={id} value={value} onChange={(next) => onChange(next as Memory)} options={memories({ tool }).map((memory) => ({ value: memory, label: t(`remember_${memory}`, { who, tool, glob: serverGlob(tool) ?? '' }) }))} />
    </span>
  )
}
