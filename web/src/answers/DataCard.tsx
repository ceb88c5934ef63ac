import { useState } from 'react'
import Braces from 'lucide-react/icons/braces'
import ChevronRight from 'lucide-react/icons/chevron-right'
import Copy from 'lucide-react/icons/copy'
import Rows from 'lucide-react/icons/rows-3'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { IconButton, toast, toastError } from '@/ui'
import { plain, type Row, shapeOf } from './shape'
import './answers.css'

interface DataCardProps { title: string; value: Record<string, unknown> }

/** A structured answer: fields and tables to read, or the JSON as it is. */
export default function DataCard({ title, value }: DataCardProps) {
  const t = useT('share')
  const [open, setOpen] = useState(true)
  const [raw, setRaw] = useState(false)
  const json = JSON.stringify(value, null, 2)
  const copy = () => copyText(json).then(() => toast({ tone: 'ok', title: t('copied') }), toastError)
  const name = title || t('dataTitle')
  return (
    <section className="data-card" aria-label={name}>
      <header className="data-head">
        <button type="button" className="data-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          <ChevronRight size={14} aria-hidden />
          <b className="cut">{name}</b>
        </button>
        {open && <IconButton size="s" label={raw ? t('dataFields') : t('dataJson')} pressed={raw} icon={raw ? <Rows size={14} /> : <Braces size={14} />} onClick={() => setRaw(!raw)} />}
        <IconButton size="s" label={t('dataCopy')} icon={<Copy size={14} />} onClick={() => void copy()} />
      </header>
      {open && <div className="data-body" tabIndex={0} role="group" aria-label={name}>{raw ? <pre>{json}</pre> : <Value value={value} depth={0} />}</div>}
    </section>
  )
}

function Value({ value, depth }: { value: unknown; depth: number }) {
  const shape = shapeOf(value, depth)
  switch (shape.kind) {
    case 'plain': return <span className={typeof value === 'number' ? 'data-plain tabular' : 'data-plain'}>{shape.text}</span>
    case 'list': return <ul className="data-list">{shape.items.map((item, index) => <li key={index}>{item}</li>)}</ul>
    case 'json': return <pre>{shape.text}</pre>
    case 'table': return <Records columns={shape.columns} rows={shape.rows} />
    case 'fields': return (
      <dl className="data-fields">
        {shape.entries.map(([name, inner]) => <div key={name}><dt>{name}</dt><dd><Value value={inner} depth={depth + 1} /></dd></div>)}
      </dl>
    )
  }
}

function Records({ columns, rows }: { columns: string[]; rows: Row[] }) {
  const numeric = new Set(columns.filter((column) => rows.every((row) => row[column] === undefined || typeof row[column] === 'number')))
  const side = (column: string) => (numeric.has(column) ? 'end tabular' : undefined)
  return (
    <table className="data-table">
      <thead><tr>{columns.map((column) => <th key={column} scope="col" className={side(column)}>{column}</th>)}</tr></thead>
      <tbody>
        {rows.map((row, index) => <tr key={index}>{columns.map((column) => <td key={column} className={side(column)}>{plain(row[column])}</td>)}</tr>)}
      </tbody>
    </table>
  )
}
