import { type ReactNode, useEffect, useRef, useState } from 'react'
import Maximize2 from 'lucide-react/icons/maximize-2'
import Minimize2 from 'lucide-react/icons/minimize-2'
import PanelRight from 'lucide-react/icons/panel-right'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import type { DockProps } from '@/lib/routes'
import type { Artifact } from '@/lib/types'
import { EmptyState, ErrorState, IconButton, Spinner, Tabs } from '@/ui'
import { Pane } from './Pane'
import { useArtifacts } from './queries'
import { useUnseen } from './useUnseen'
import './dock.css'

/** The results of a chat, one tab each, in step with what the agents make. */
export default function Dock({ chatId, openId, onOpen, onClose }: DockProps): ReactNode {
  const t = useT('artifacts')
  const artifacts = useArtifacts(chatId)
  const [wide, setWide] = useState(false)
  const items = artifacts.data ?? []
  const open = items.find((item) => item.id === openId) ?? items.at(-1) ?? null
  const unseen = useUnseen(items, open)
  return (
    <section
      className={wide ? 'dock dock-wide' : 'dock'}
      aria-label={t('results')}
      onKeyDown={(event) => {
        if (wide && event.key === 'Escape') setWide(false)
      }}
    >
      <header className="dock-top">
        {items.length > 0 ? (
          <DockTabs items={items} open={open} unseen={unseen} onOpen={onOpen} />
        ) : (
          <h2 className="dock-title">{t('results')}</h2>
        )}
        {open && (
          <IconButton
            size="s"
            className="dock-full"
            label={wide ? t('narrow') : t('wide')}
            icon={wide ? <Minimize2 size={15} /> : <Maximize2 size={15} />}
            onClick={() => setWide(!wide)}
          />
        )}
        <IconButton size="s" label={t('close')} icon={<X size={16} />} onClick={onClose} />
      </header>
      {artifacts.isError && !artifacts.data && <ErrorState error={artifacts.error} onRetry={() => void artifacts.refetch()} />}
      {artifacts.isPending && (
        <div className="dock-wait">
          <Spinner label={t('loading')} />
        </div>
      )}
      {artifacts.data && !open && (
        <EmptyState icon={<PanelRight size={20} />} title={t('emptyTitle')}>
          <p>{t('emptyDetail')}</p>
          <p>{t('emptyExample')}</p>
        </EmptyState>
      )}
      {open && <Pane key={open.id} artifact={open} chatId={chatId} onGone={() => onOpen(null)} />}
    </section>
  )
}

interface DockTabsProps {
  items: Artifact[]
  open: Artifact | null
  unseen: ReadonlySet<string>
  onOpen: (id: string) => void
}

function DockTabs({ items, open, unseen, onOpen }: DockTabsProps): ReactNode {
  const t = useT('artifacts')
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    frame.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [open?.id, items.length])
  const tabs = items.map((item) => ({
    id: item.id,
    label: (
      <span className="dock-tab cut">
        {item.title}
        {unseen.has(item.id) && (
          <span className="dock-new">
            <span className="sr-only">{t('unseen')}</span>
          </span>
        )}
      </span>
    ),
  }))
  return (
    <div ref={frame} className="dock-tabs">
      <Tabs items={tabs} value={open?.id ?? ''} onChange={onOpen} label={t('results')} panelId="dock-panel" />
    </div>
  )
}
