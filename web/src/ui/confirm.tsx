import { useSyncExternalStore } from 'react'
import { useT } from '@/i18n'
import { Button } from './Button'
import { Dialog } from './Dialog'

interface Question { title: string; detail?: string; action: string; danger?: boolean }

let open: { question: Question; answer: (yes: boolean) => void } | null = null
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => { listeners.add(listener); return () => { listeners.delete(listener) } }
const set = (next: typeof open) => { open = next; listeners.forEach((listener) => listener()) }

/** Asks before something that cannot be undone; true when the person agreed. */
export function confirm(question: Question): Promise<boolean> {
  open?.answer(false)
  return new Promise((resolve) => set({ question, answer: (yes) => { set(null); resolve(yes) } }))
}

/** Mounted once by the app. */
export function ConfirmHost() {
  const current = useSyncExternalStore(subscribe, () => open)
  const t = useT('shell')
  if (!current) return null
  const { question, answer } = current
  return (
    <Dialog
      open size="s" title={question.title} onClose={() => answer(false)}
      footer={<>
        <Button onClick={() => answer(false)}>{t('cancel')}</Button>
        <Button variant={question.danger ? 'danger' : 'primary'} autoFocus onClick={() => answer(true)}>{question.action}</Button>
      </>}
    >
      {question.detail !== undefined && <p className="small muted">{question.detail}</p>}
    </Dialog>
  )
}
