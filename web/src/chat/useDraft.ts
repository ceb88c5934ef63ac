import { useEffect, useState } from 'react'

const name = (chatId: string) => `entourage.draft.${chatId}`

export function readDraft(chatId: string): string {
  try { return localStorage.getItem(name(chatId)) ?? '' } catch { return '' }
}

export function writeDraft(chatId: string, text: string): void {
  try {
    if (text === '') localStorage.removeItem(name(chatId))
    else localStorage.setItem(name(chatId), text)
  } catch { /* storage is full or blocked: the draft lives until reload */ }
}

/** The unsent text of a chat; it survives a reload. */
export function useDraft(chatId: string): [string, (text: string) => void] {
  const [draft, setDraft] = useState({ chatId, text: readDraft(chatId) })
  useEffect(() => { setDraft((old) => (old.chatId === chatId ? old : { chatId, text: readDraft(chatId) })) }, [chatId])
  const set = (text: string) => { setDraft({ chatId, text }); writeDraft(chatId, text) }
  return [draft.chatId === chatId ? draft.text : readDraft(chatId), set]
}
