import { type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import type { Approval, Decision } from '@/lib/types'
import { Button, Input } from '@/ui'

/** What an agent asks, the answers it offers, and room for one's own. */
export function Question({ approval, busy, onDecide }: { approval: Approval; busy: boolean; onDecide: (decision: Decision) => void }): ReactNode {
  const t = useT('admin')
  const [text, setText] = useState('')
  const answer = (said: string): void => onDecide({ decision: 'answer', answer: said })
  return (
    <>
      <p className="pending-question">{approval.question}</p>
      {approval.options.length > 0 && (
        <div className="pending-do">
          {approval.options.map((option) => (
            <Button key={option} disabled={busy} onClick={() => answer(option)}>
              {option}
            </Button>
          ))}
        </div>
      )}
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim()) answer(text.trim())
        }}
      >
        <Input
          aria-label={t('answerOwn')}
          placeholder={t('answerOwn')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" loading={busy} disabled={text.trim() === ''}>
          {t('answer')}
        </Button>
      </form>
    </>
  )
}
