import ChevronDown from 'lucide-react/icons/chevron-down'
import { useT } from '@/i18n'
import { Menu } from '@/ui'
import type { Mode } from '../useSend'

const modes: readonly Mode[] = ['auto', 'plan', 'direct']

/** Whether the next request is planned: when it needs it, always, or never. */
export default function ModePicker({ value, onChange }: { value: Mode; onChange: (mode: Mode) => void }) {
  const t = useT('chat')
  return (
    <Menu
      label={t('mode')} side="above" items={modes.map((mode) => ({ id: mode, label: t(`mode_${mode}`), checked: mode === value, onSelect: () => onChange(mode) }))}
      trigger={(props) => <button type="button" className="quiet" data-tip={t('mode')} {...props}><span className="cut">{t(`mode_${value}`)}</span><ChevronDown size={13} aria-hidden /></button>}
    />
  )
}
