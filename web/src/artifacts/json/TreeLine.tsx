import { memo, type ReactNode } from 'react'
import ChevronRight from 'lucide-react/icons/chevron-right'
import type { TreeRow } from './JsonTree'

interface Props {
  id: string
  row: TreeRow
  active: boolean
  onPick: () => void
}

const STEP_PX = 16

export const TreeLine = memo(function TreeLine({ id, row, active, onPick }: Props): ReactNode {
  const branch = row.size > 0
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-selected={active}
      aria-expanded={branch ? row.open : undefined}
      className={active ? 'tree-line tree-active' : 'tree-line'}
      style={{ paddingLeft: 12 + row.depth * STEP_PX }}
      onClick={onPick}
    >
      <ChevronRight size={13} className={row.open ? 'tree-turned' : ''} visibility={branch ? 'visible' : 'hidden'} aria-hidden />
      {row.key !== null && <span className="tree-key">{row.key}</span>}
      {branch && <span className="tree-size">{row.kind === 'array' ? `[${row.size}]` : `{${row.size}}`}</span>}
      <span className={branch ? 'tree-brief' : `tree-${row.kind}`}>{row.preview}</span>
    </div>
  )
})
