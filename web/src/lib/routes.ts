import type { ComponentType } from 'react'
import type { LucideIcon } from 'lucide-react'
import type { Namespaces } from '@/i18n/namespaces'

/** A page under /settings. */
export interface AdminRoute {
  path: string
  labelKey: keyof Namespaces['admin'] & string
  icon: LucideIcon
  component: () => Promise<{ default: ComponentType }>
  adminOnly?: boolean
  /** Reached by links, not listed. */
  hidden?: boolean
}

/** The results pane beside a chat. */
export interface DockProps {
  chatId: string
  openId: string | null
  onOpen: (id: string | null) => void
  onClose: () => void
}
