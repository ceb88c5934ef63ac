import { useCallback, useEffect, useState } from 'react'
import { useUi } from '@/lib/ui-store'

export interface DockState {
  shown: boolean
  openId: string | null
  setOpenId: (id: string | null) => void
  openArtifact: (id: string) => void
  close: () => void
}

const kept = new Map<string, string | null>()

/** Whether the results are shown beside this chat, and which of them. */
export function useDock(chatId: string): DockState {
  const shown = useUi((state) => state.dockShown)
  const [openId, setId] = useState<string | null>(() => kept.get(chatId) ?? null)
  useEffect(() => { kept.set(chatId, openId) }, [chatId, openId])
  const openArtifact = useCallback((id: string) => { setId(id); useUi.setState({ dockShown: true }) }, [])
  const close = useCallback(() => useUi.setState({ dockShown: false }), [])
  return { shown, openId, setOpenId: setId, openArtifact, close }
}
