import { useT } from '@/i18n'
import { Button, Select } from '@/ui'

interface SideHeadProps {
  side: 'left' | 'right'
  siblings: readonly string[]
  chosen: string
  /** The version that the chat shows now. */
  shown: string
  onChoose: (id: string) => void
  onUse: (id: string) => void
}

/** Which version stands on a side, and the way to go on with it. */
export function SideHead({ side, siblings, chosen, shown, onChoose, onUse }: SideHeadProps) {
  const t = useT('chat')
  const label = t('compareSide', { side: t(side === 'left' ? 'sideLeft' : 'sideRight') })
  return (
    <div className="compare-head">
      <Select aria-label={label} value={chosen} onChange={onChoose} options={siblings.map((id, index) => ({ value: id, label: t('version', { n: index + 1 }) }))} />
      <Button size="s" disabled={chosen === shown} onClick={() => onUse(chosen)}>{t('compareUse')}</Button>
    </div>
  )
}
