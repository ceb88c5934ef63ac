import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import type { Grant } from '@/lib/types'
import { Segments } from '@/ui/Segments'

interface Props { label: string; value: Grant | null; onChange: (grant: Grant) => void; disabled?: boolean; size?: 's' | 'm' }

export function GrantChoice({ label, value, onChange, disabled = false, size = 's' }: Props): ReactNode {
  const t = useT('tools')
  return (
    <Segments
      size={size} label={label} value={value} onChange={onChange} disabled={disabled}
      options={[{ value: 'allow', label: t('grant_allow'), tone: 'ok' }, { value: 'ask', label: t('grant_ask'), tone: 'warn' }, { value: 'deny', label: t('grant_deny'), tone: 'bad' }]}
    />
  )
}
