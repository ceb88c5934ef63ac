import { type ReactNode, useMemo, useState } from 'react'
import { findLanguage } from '../code/languages'
import { LINE_PX, Lines } from '../code/Lines'
import { LineText } from '../code/LineText'
import { useHighlight } from '../code/useHighlight'
import { useT } from '@/i18n'
import { type Diff, type DiffLine, type Fold, foldUnchanged, splitLines } from './lines'
import './diff.css'

interface Props {
  before: string
  after: string
  diff: Diff
  language: string | null
  title: string
  wrap: boolean
  fontSize: number
}

const FOLD_PX = 36
const SIGN = { add: '+', del: '−', same: '' } as const

export default function DiffView({ before, after, diff, language, title, wrap, fontSize }: Props): ReactNode {
  const t = useT('artifacts')
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const rows = useMemo(() => foldUnchanged(diff.lines, open), [diff, open])
  const longest = useMemo(() => diff.lines.reduce((most, line) => Math.max(most, line.text.length), 0), [diff])
  const grammar = findLanguage(language) ?? findLanguage(title)
  const old = useHighlight(
    useMemo(() => splitLines(before), [before]),
    grammar,
  )
  const fresh = useHighlight(
    useMemo(() => splitLines(after), [after]),
    grammar,
  )
  if (diff.added + diff.removed === 0) return <p className="viewer-note">{t('diffEqual')}</p>
  return (
    <Lines
      count={rows.length}
      longest={longest}
      label={t('diffLabel', { title })}
      wrap={wrap}
      fontSize={fontSize}
      heightOf={(index) => (rows[index]?.kind === 'fold' ? FOLD_PX : LINE_PX)}
      keyOf={(index) => keyOf(rows[index])}
      renderLine={(index) => {
        const row = rows[index]
        if (!row) return null
        if (row.kind === 'fold') return <FoldRow fold={row} onOpen={() => setOpen(new Set([...open, row.from]))} />
        return (
          <div className={`line diff-${row.kind}`} data-number={row.after || row.before} data-sign={SIGN[row.kind]}>
            <LineText
              text={row.text}
              tokens={row.kind === 'del' ? old[row.before - 1] : fresh[row.after - 1]}
              marks={row.marks}
            />
          </div>
        )
      }}
    />
  )
}

function keyOf(row: DiffLine | Fold | undefined): string {
  if (!row) return ''
  return row.kind === 'fold' ? `fold ${row.from}` : `${row.before} ${row.after}`
}

function FoldRow({ fold, onOpen }: { fold: Fold; onOpen: () => void }): ReactNode {
  const t = useT('artifacts')
  return (
    <button type="button" className="diff-fold" onClick={onOpen}>
      {t('diffFold', { n: fold.count })}
    </button>
  )
}
