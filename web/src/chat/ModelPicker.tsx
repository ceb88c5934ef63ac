import { useNavigate } from '@/lib/router'
import ChevronDown from 'lucide-react/icons/chevron-down'
import Plug from 'lucide-react/icons/plug'
import { useT } from '@/i18n'
import { useModels } from '@/lib/queries'
import { useUi } from '@/lib/ui-store'
import { Menu, type MenuEntry } from '@/ui'

/** Which model answers next: the agent's own, or one for all messages from here on. */
export function ModelPicker() {
  const t = useT('chat')
  const models = useModels().data ?? []
  const model = useUi((state) => state.model)
  const navigate = useNavigate()
  const known = models.find(({ id }) => id === model)
  const items: MenuEntry[] = [
    { id: 'auto', label: t('autoModel'), checked: !known, onSelect: () => useUi.setState({ model: null }) },
    ...models.map((item) => ({ id: item.id, label: item.offline ? t('offlineModel') : item.id, checked: item.id === known?.id, onSelect: () => useUi.setState({ model: item.id }) })),
    { id: 'line', line: true },
    { id: 'connect', label: t('connectModel'), icon: <Plug size={14} />, onSelect: () => void navigate({ to: '/gateway/models' }) },
  ]
  return (
    <Menu
      label={t('model')} items={items} side="above"
      trigger={(props) => (
        <button type="button" className="quiet" data-tip={t('model')} {...props}>
          <span className="cut">{known ? (known.offline ? t('offlineModel') : known.model ?? known.id) : t('autoModel')}</span>
          <ChevronDown size={13} aria-hidden />
        </button>
      )}
    />
  )
}
