import { useCallback } from 'react'
import { useT } from '@/i18n'
import { useChats } from '@/lib/queries'
import type { Run } from '../api/types'

/** A planned task is briefed with a sentence that ends in its title, after a colon. */
export const nameOf = (line: string, isPlanned: boolean): string => (isPlanned ? /^[^:]{1,80}: (.+?)\.?$/.exec(line)?.[1] ?? line : line)

/** What a run is about: the task it was given, else the chat that it answers in. */
export function useTitle(): (run: Run) => string {
  const t = useT('runs')
  const chats = useChats().data
  return useCallback((run: Run) => {
    const task = nameOf(run.task?.trim().split('\n', 1)[0] ?? '', run.kind === 'task')
    const chat = chats?.pages.flatMap(({ items }) => items).find(({ id }) => id === run.chat_id)?.title
    return task || chat || t('untitledRun', { kind: t(`kind_${run.kind}`).toLowerCase() })
  }, [chats, t])
}
