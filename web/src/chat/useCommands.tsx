import { useNavigate } from '@/lib/router'
import Bot from 'lucide-react/icons/bot'
import Cpu from 'lucide-react/icons/cpu'
import Download from 'lucide-react/icons/download'
import Keyboard from 'lucide-react/icons/keyboard'
import PanelRight from 'lucide-react/icons/panel-right'
import Pin from 'lucide-react/icons/pin'
import Plus from 'lucide-react/icons/plus'
import Square from 'lucide-react/icons/square'
import SunMoon from 'lucide-react/icons/sun-moon'
import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { resolvedTheme, useLayers, useUi } from '@/lib/ui-store'
import { exportChat, togglePin } from './chatActions'

export interface Command { id: string; label: string; icon: ReactNode; run: () => void }

interface Options { chatId: string | null; onStop: (() => void) | null }

/** What `/` offers in the message box. */
export function useCommands({ chatId, onStop }: Options): Command[] {
  const t = useT('chat')
  const navigate = useNavigate()
  const here: Command[] = chatId === null ? [] : [
    { id: 'export', label: t('cmdExportMd'), icon: <Download size={14} />, run: () => void exportChat(chatId, 'markdown') },
    { id: 'json', label: t('cmdExportJson'), icon: <Download size={14} />, run: () => void exportChat(chatId, 'json') },
    { id: 'pin', label: t('cmdPin'), icon: <Pin size={14} />, run: () => void togglePin(chatId) },
    { id: 'results', label: t('cmdResults'), icon: <PanelRight size={14} />, run: () => useUi.setState({ dockShown: true }) },
  ]
  return [
    { id: 'new', label: t('cmdNew'), icon: <Plus size={14} />, run: () => void navigate({ to: '/' }) },
    ...(onStop ? [{ id: 'stop', label: t('cmdStop'), icon: <Square size={14} />, run: onStop }] : []),
    ...here,
    { id: 'agents', label: t('cmdAgents'), icon: <Bot size={14} />, run: () => void navigate({ to: '/settings/agents' }) },
    { id: 'models', label: t('cmdModels'), icon: <Cpu size={14} />, run: () => void navigate({ to: '/gateway/models' }) },
    { id: 'theme', label: t('cmdTheme'), icon: <SunMoon size={14} />, run: () => useUi.setState({ theme: resolvedTheme() === 'dark' ? 'light' : 'dark' }) },
    { id: 'help', label: t('cmdKeys'), icon: <Keyboard size={14} />, run: () => useLayers.setState({ keys: true }) },
  ]
}
