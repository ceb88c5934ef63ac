import { useEffect } from 'react'
import { currentPath, useNavigate } from '@/lib/router'
import { focusMessageBox } from '@/lib/draft'
import { useLayers, useUi } from '@/lib/ui-store'
import { neighbourChat } from './neighbours'

/** The keys that work everywhere. */
export function useShortcuts(): void {
  const navigate = useNavigate()
  useEffect(() => {
    const withControl: Record<string, () => void> = {
      KeyK: () => useLayers.setState((layers) => ({ palette: !layers.palette })),
      KeyB: () => useUi.setState((ui) => ({ listShown: !ui.listShown })),
      Period: () => useUi.setState((ui) => ({ dockShown: !ui.dockShown })),
      Slash: () => useLayers.setState({ keys: true }),
    }
    const withAlt: Record<string, () => void> = {
      KeyN: () => void navigate({ to: '/' }),
      ArrowDown: () => go(1),
      ArrowUp: () => go(-1),
    }
    const go = (step: number) => {
      const id = neighbourChat(currentPath(), step)
      if (id !== null) void navigate({ to: '/chat/$chatId', params: { chatId: id } })
    }
    const bare: Record<string, () => void> = { '/': focusMessageBox, '?': () => useLayers.setState({ keys: true }), F6: focusMessageBox }
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select, [contenteditable]')
      const control = event.ctrlKey || event.metaKey
      const act = control && !event.altKey && !event.shiftKey ? withControl[event.code]
        : event.altKey && !control ? withAlt[event.code]
          : !control && (!isTyping || event.key === 'F6') ? bare[event.key] : undefined
      if (!act || event.defaultPrevented) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate])
}
