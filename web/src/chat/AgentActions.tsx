import { lazy, Suspense } from 'react'
import ChevronDown from 'lucide-react/icons/chevron-down'
import RefreshCw from 'lucide-react/icons/refresh-cw'
import { useT } from '@/i18n'
import { count, money } from '@/lib/format'
import { useModels } from '@/lib/queries'
import type { Message } from '@/lib/types'
import { IconButton, Menu, type MenuEntry } from '@/ui'
import { Branches } from './Branches'
import { CopyButton } from './CopyButton'
import { useSend } from './useSend'

const TurnMenu = lazy(() => import('./turn/TurnMenu'))

/** The quiet line under an answer: copy, another try, versions, what it took. */
export function AgentActions({ message }: { message: Message }) {
  const t = useT('chat')
  const { regenerate } = useSend()
  const models = useModels().data ?? []
  const items: MenuEntry[] = [
    { id: '', heading: t('regenerateWith') },
    ...models.map((model) => ({ id: model.id, label: model.offline ? t('offlineModel') : model.id, checked: model.id === message.model, onSelect: () => void regenerate(message.id, model.id) })),
  ]
  return (
    <footer className="actions">
      <Branches message={message} />
      <CopyButton message={message} />
      <IconButton size="s" label={t('regenerate')} icon={<RefreshCw size={14} />} onClick={() => void regenerate(message.id)} />
      {models.length > 1 && (
        <Menu label={t('regenerateWith')} items={items} trigger={(props) => <IconButton size="s" className="slim" label={t('regenerateWith')} icon={<ChevronDown size={13} />} {...props} />} />
      )}
      <Suspense><TurnMenu message={message} /></Suspense>
      {message.usage && (message.usage.input_tokens > 0 || message.usage.output_tokens > 0) && (
        <span className="usage" title={t('usage')}>
          {t('tokens', { input: count(message.usage.input_tokens), output: count(message.usage.output_tokens) })}
          {Number(message.usage.cost_usd) > 0 && ` · ${money(message.usage.cost_usd)}`}
        </span>
      )}
    </footer>
  )
}
