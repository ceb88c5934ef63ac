import { useMemo, type ReactNode } from 'react'
import { diffWords, type Span } from '@/artifacts/diff/lines'
import type { Hunk } from '../api/types'

export interface HunkLine { kind: 'add' | 'del' | 'same'; before: number; after: number; text: string; marks: Span[] }

const kinds: Record<string, HunkLine['kind']> = { '+': 'add', '-': 'del' }

/** The lines of a hunk with their numbers on both sides, and what changed inside those that became another. */
export function linesOf({ old_start, new_start, lines }: Pick<Hunk, 'old_start' | 'new_start' | 'lines'>): HunkLine[] {
  let [before, after] = [old_start, new_start]
  const out = lines.filter((line) => !line.startsWith('\\')).map((line): HunkLine => {
    const kind = kinds[line[0] ?? ''] ?? 'same'
    return { kind, before: kind === 'add' ? 0 : before++, after: kind === 'del' ? 0 : after++, text: line.slice(1), marks: [] }
  })
  for (let at = 0; at < out.length;) {
    const gone = run(out, at, 'del')
    const came = run(out, at + gone, 'add')
    for (let index = 0; index < Math.min(gone, came); index++) {
      const [old, fresh] = [out[at + index], out[at + gone + index]]
      if (old && fresh) [old.marks, fresh.marks] = diffWords(old.text, fresh.text)
    }
    at += Math.max(1, gone + came)
  }
  return out
}

function run(lines: readonly HunkLine[], from: number, kind: HunkLine['kind']): number {
  let to = from
  while (lines[to]?.kind === kind) to++
  return to - from
}

const signs = { add: '+', del: '−', same: ' ' }

/** One stretch of changed lines; what can be done with it stands above. */
export function HunkView({ hunk, label, children }: { hunk: Omit<Hunk, 'id'>; label: string; children?: ReactNode }): ReactNode {
  const lines = useMemo(() => linesOf(hunk), [hunk])
  return (
    <section className="ws-hunk" aria-label={label}>
      <div className="ws-hunk-head"><span className="grow cut">{label} <span className="mono faint">{hunk.header}</span></span>{children}</div>
      <div className="ws-hunk-lines" role="group" aria-label={label} tabIndex={0}>
        <div className="ws-hunk-table">
          {lines.map((line, index) => (
            <div key={index} className="ws-line" data-kind={line.kind}>
              <span className="ws-line-number" aria-hidden="true">{line.before || ''}</span><span className="ws-line-number" aria-hidden="true">{line.after || ''}</span><span className="ws-line-sign">{signs[line.kind]}</span><span className="ws-line-text"><Marked text={line.text} marks={line.marks} /></span>
            </div>
          ))}
        </div>
      </div>
    </section>
  )
}

function Marked({ text, marks }: { text: string; marks: readonly Span[] }): ReactNode {
  if (marks.length === 0) return text || ' '
  const pieces: ReactNode[] = []
  let at = 0
  for (const [start, end] of marks) {
    pieces.push(text.slice(at, start), <b key={start}>{text.slice(start, end)}</b>)
    at = end
  }
  return [...pieces, text.slice(at)]
}
