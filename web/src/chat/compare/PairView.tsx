import { useMemo } from 'react'
import { useT } from '@/i18n'
import { count, duration, money } from '@/lib/format'
import type { Message } from '@/lib/types'
import { useHue } from '@/lib/useHue'
import { plainText, sidesOf, type Pair, type Piece } from './branch'

/** One message of each branch. */
export function PairView({ left, right, versions }: Pair & { versions: [left: string, right: string] }) {
  const sides = useMemo(() => sidesOf(plainText(left), plainText(right)), [left, right])
  return (
    <div className="compare-pair">
      <Side message={left} version={versions[0]} pieces={sides.left} mark="del" />
      <Side message={right} version={versions[1]} pieces={sides.right} mark="ins" />
    </div>
  )
}

interface SideProps { message: Message | undefined; version: string; pieces: Piece[]; mark: 'del' | 'ins' }

function Side({ message, version, pieces, mark: Mark }: SideProps) {
  const t = useT('chat')
  const hue = useHue()
  if (!message) return <div className="compare-side compare-none" />
  const agent = message.role === 'user' ? null : message.agent ?? ''
  return (
    <article className="compare-side" aria-label={`${agent ?? t('you')}, ${version}`}>
      <header className="who">
        {agent !== null && <span className="hue-dot" style={{ '--h': hue(agent) }} aria-hidden="true" />}
        <b>{agent ?? t('you')}</b>
        <span className="faint tiny compare-version">{version}</span>
      </header>
      <Facts message={message} />
      <div className="compare-text">{pieces.map(({ text, kind }, index) => (kind === 'same' ? text : <Mark key={index} className={kind}>{text}</Mark>))}</div>
    </article>
  )
}

function Facts({ message }: { message: Message }) {
  const t = useT('chat')
  const { usage } = message
  const facts = [
    message.model,
    message.duration_ms === null ? null : duration(message.duration_ms),
    usage && usage.input_tokens + usage.output_tokens > 0 ? t('tokens', { input: count(usage.input_tokens), output: count(usage.output_tokens) }) : null,
    usage && Number(usage.cost_usd) > 0 ? money(usage.cost_usd) : null,
  ].filter((fact) => fact !== null && fact !== '')
  return facts.length === 0 ? null : <p className="compare-facts">{facts.join(' · ')}</p>
}
