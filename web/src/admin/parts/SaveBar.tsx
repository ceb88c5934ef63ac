import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { Button } from '@/ui'

interface Props {
  shown: boolean
  saving: boolean
  onDiscard: () => void
  label: string
}

/** Stays at the foot of a long form while something is unsaved. */
export function SaveBar({ shown, saving, onDiscard, label }: Props): ReactNode {
  const t = useT('admin')
  if (!shown) return null
  return (
    <div className="save-bar" role="region" aria-label={t('unsaved')}>
      <span className="grow small muted">{t('unsaved')}</span>
      <Button onClick={onDiscard}>{t('discard')}</Button>
      <Button variant="primary" type="submit" loading={saving}>
        {label}
      </Button>
    </div>
  )
}
