import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react'
import GripVertical from 'lucide-react/icons/grip-vertical'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { number } from '@/lib/format'
import { IconButton, Input } from '@/ui'
import type { Strategy } from '../api/types'
import { isWeighed, shareOf, type Row } from './form'
import { moved, placeAt } from './order'

interface Props {
  rows: readonly Row[]
  strategy: Strategy
  nameOf: (row: Row) => string
  onChange: (rows: Row[]) => void
}

/** Candidates in their order: dragged by the grip, or moved with the arrow keys while the grip has the focus. */
export function CandidateList({ rows, strategy, nameOf, onChange }: Props): ReactNode {
  const t = useT('gateway')
  const { list, dragged, grip, said } = useMoves({ rows, nameOf, onChange })
  const set = (id: number, weight: string) => onChange(rows.map((row) => (row.id === id ? { ...row, weight } : row)))
  return (
    <>
      <ol ref={list} className="candidates" aria-label={t('candidates')}>
        {rows.map((row, index) => (
          <li key={row.id} className={row.id === dragged ? 'candidate dragged' : 'candidate'}>
            <button type="button" className="grip" aria-label={t('candidateMove', { name: nameOf(row), at: index + 1, of: rows.length })} data-tip={t('candidateMoveHint')} {...grip(row, index)}>
              <GripVertical size={15} aria-hidden />
            </button>
            <span className="candidate-at tiny muted">{index + 1}</span>
            <span className="mono grow candidate-name">{nameOf(row)}</span>
            {isWeighed(strategy) && (
              <label className="candidate-weight">
                <span className="tiny muted">{t('weight')}</span>
                <Input inputMode="numeric" value={row.weight} onChange={(event) => set(row.id, event.target.value)} />
                <span className="tiny muted candidate-share">{number(100 * shareOf(row, rows))} %</span>
              </label>
            )}
            <IconButton size="s" label={t('candidateRemove', { name: nameOf(row) })} icon={<X size={14} />} onClick={() => onChange(rows.filter(({ id }) => id !== row.id))} />
          </li>
        ))}
      </ol>
      <span className="sr-only" role="status">{said}</span>
    </>
  )
}

function useMoves({ rows, nameOf, onChange }: Pick<Props, 'rows' | 'nameOf' | 'onChange'>) {
  const t = useT('gateway')
  const list = useRef<HTMLOListElement>(null)
  const [dragged, setDragged] = useState<number | null>(null)
  const [said, setSaid] = useState('')
  const move = (from: number, to: number) => {
    const row = rows[from]
    if (!row || to < 0 || to >= rows.length || to === from) return
    onChange(moved(rows, from, to))
    setSaid(t('candidateMoved', { name: nameOf(row), at: to + 1, of: rows.length }))
  }
  const grip = (row: Row, index: number) => ({
    onKeyDown: (event: KeyboardEvent) => {
      const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: rows.length - 1 }[event.key]
      if (to === undefined) return
      event.preventDefault()
      move(index, to)
    },
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId)
      setDragged(row.id)
    },
    onPointerMove: (event: PointerEvent) => {
      if (dragged !== row.id || !list.current) return
      const boxes = [...list.current.children].map((item) => item.getBoundingClientRect())
      // The dragged row itself does not hold the pointer back: its own box counts as its whole height.
      move(index, placeAt(boxes, event.clientY))
    },
    onPointerUp: () => setDragged(null),
    onPointerCancel: () => setDragged(null),
  })
  return { list, dragged, grip, said }
}
