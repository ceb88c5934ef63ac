import { useT } from '@/i18n'
import { Segments } from '@/ui/Segments'
import type { WhenBusy as How } from '../useSend'

interface Props { value: How; onChange: (how: How) => void; canSteer: boolean }

/** What Enter does with a message while a turn goes. */
export default function WhenBusy({ value, onChange, canSteer }: Props) {
  const t = useT('chat')
  const ways: How[] = canSteer ? ['steer', 'enqueue', 'interrupt'] : ['enqueue', 'interrupt']
  return (
    <div className="when-busy">
      <Segments size="s" label={t('whenBusy')} value={value} onChange={onChange} options={ways.map((way) => ({ value: way, label: t(`busy_${way}`) }))} />
      <span className="tiny faint">{t(`busy_${value}Hint`)}</span>
    </div>
  )
}
