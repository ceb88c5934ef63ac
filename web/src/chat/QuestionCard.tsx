import { useState } from 'react'
import { useT } from '@/i18n'
import type { Approval } from '@/lib/types'
import { Button } from '@/ui'
import { useHue } from '@/lib/useHue'

interface QuestionCardProps { approval: Approval; busy: boolean; onAnswer: (answer: string) => void }

export function QuestionCard({ approval, busy, onAnswer }: QuestionCardProps) {
  const t = useT('chat')
  const hue = useHue()
  const [text, setText] = useState('')
  return (
    <section className="ask ask-question" data-ask aria-label={`${approval.agent} ${t('asksYou')}`}>
      <div className="ask-title"><span><b className="hue" style={{ '--h': hue(approval.agent) }}>{approval.agent}</b> {t('asksYou')}</span></div>
      <p className="ask-question-text">{approval.question}</p>
      {approval.options.length > 0 && (
        <div className="ask-options">{approval.options.map((option) => <Button key={option} disabled={busy} onClick={() => onAnswer(option)}>{option}</Button>)}</div>
      )}
      <form className="row" onSubmit={(event) => { event.preventDefault(); if (text.trim() !== '') onAnswer(text.trim()) }}>
        <input className="input" aria-label={t('answerFree')} placeholder={t('answerFree')} value={text} onChange={(event) => setText(event.target.value)} />
        <Button variant="primary" type="submit" loading={busy} disabled={text.trim() === ''}>{t('answer')}</Button>
      </form>
    </section>
  )
}
