import { useState, type FormEvent, type ReactNode } from 'react'
import Send from 'lucide-react/icons/send'
import { useQueryClient } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { Button, Input, toast } from '@/ui'
import { runs } from '../api/calls'
import { keys } from '../api/queries'
import type { Run } from '../api/types'
import { useAct } from '../parts/useAct'

/** A word to the agent on the way: it reads it before it asks its model again. A paused run goes on with it. */
export function SteerBox({ run }: { run: Run }): ReactNode {
  const t = useT('runs')
  const client = useQueryClient()
  const [text, setText] = useState('')
  const { busy, act } = useAct<'steer'>()
  const isPaused = run.status === 'paused'
  const send = async (event: FormEvent) => {
    event.preventDefault()
    const said = text.trim()
    if (said === '') return
    const done = await act('steer', () => (isPaused ? runs.resume(run.id, said) : runs.steer(run.id, said)))
    if (!done) return
    setText('')
    toast({ tone: 'ok', title: t('steered') })
    await client.invalidateQueries({ queryKey: keys.run(run.id) })
  }
  return (
    <form className="steer-box" onSubmit={(event) => void send(event)}>
      <Input aria-label={t('steer')} placeholder={isPaused ? t('steerPaused') : t('steerHint')} value={text} onChange={(event) => setText(event.target.value)} />
      <Button type="submit" icon={<Send size={14} />} loading={busy !== null} disabled={text.trim() === ''}>{isPaused ? t('resume') : t('steerSend')}</Button>
    </form>
  )
}
