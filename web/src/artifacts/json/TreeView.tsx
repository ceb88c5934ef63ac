import { type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react'
import { useT } from '@/i18n'
import { Button, toast, toastError } from '@/ui'
import { copyMade } from '../table/copyMade'
import { scrollTopFor } from '../table/rows'
import { useRows } from '../table/useRows'
import { type JsonTree, type Openness, placeOf, type TreeRow } from './JsonTree'
import { TreeLine } from './TreeLine'
import './json.css'

const ROW_PX = 24
/** Above the first row and below the last. */
const PADDING_PX = 8
/** Deep enough to see what a document is about. */
const OPEN_DEPTH = 2
const OPEN_UP_TO = 200

interface Props {
  tree: JsonTree
  title: string
  /** Writes a value out, with a member a line. */
  format: (node: number) => Promise<string>
}

/** A JSON document as a tree of which only the rows in sight are read and drawn. */
export function TreeView({ tree, title, format }: Props): ReactNode {
  const t = useT('artifacts')
  const [openness, setOpenness] = useState<Openness>(() => ({ depth: startDepth(tree), turned: new Set() }))
  const [active, setActive] = useState(0)
  const visible = useMemo(() => tree.visible(openness), [tree, openness])
  const turn = ({ node }: TreeRow): void => {
    const turned = new Set(openness.turned)
    if (!turned.delete(node)) turned.add(node)
    setOpenness({ ...openness, turned })
  }
  const copyValue = (): void => {
    copyMade(format(active)).then(() => toast({ tone: 'ok', title: t('copied') }), toastError)
  }
  return (
    <div className="sheet">
      <div className="sheet-bar">
        <Button size="s" variant="ghost" onClick={() => setOpenness({ depth: Infinity, turned: new Set() })}>
          {t('jsonOpenAll')}
        </Button>
        <Button size="s" variant="ghost" onClick={() => setOpenness({ depth: 1, turned: new Set() })}>
          {t('jsonCloseAll')}
        </Button>
        <span className="grow" />
        <Button size="s" variant="ghost" onClick={copyValue}>
          {t('jsonCopyValue')}
        </Button>
      </div>
      <Tree tree={tree} openness={openness} visible={visible} title={title} active={active} onActive={setActive} onTurn={turn} />
      <div className="sheet-status mono">{tree.path(active) || '/'}</div>
    </div>
  )
}

function startDepth(tree: JsonTree): number {
  return tree.visible({ depth: OPEN_DEPTH, turned: new Set() }).length <= OPEN_UP_TO ? OPEN_DEPTH : 1
}

interface TreeProps {
  tree: JsonTree
  openness: Openness
  visible: Uint32Array
  title: string
  active: number
  onActive: (node: number) => void
  onTurn: (row: TreeRow) => void
}

function Tree({ tree, openness, visible, title, active, onActive, onTurn }: TreeProps): ReactNode {
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const places = useRows(scroller, visible.length, ROW_PX)
  const here = placeOf(visible, active)
  const goTo = (wanted: number): void => {
    const place = Math.max(0, Math.min(visible.length - 1, wanted))
    const box = scroller.current
    onActive(visible[place] ?? 0)
    if (box) box.scrollTop = scrollTopFor(place, box.scrollTop, box.clientHeight, ROW_PX, 2 * PADDING_PX)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = tree.row(visible[here] ?? 0, openness)
    const above = (): void => goTo(placeOf(visible, tree.nodes.parent[row.node] ?? 0))
    if (steer(event.key, { row, here, last: visible.length - 1, goTo, above, onTurn })) event.preventDefault()
  }
  return (
    <div
      ref={scroller}
      className="tree"
      role="tree"
      tabIndex={0}
      aria-label={title}
      aria-activedescendant={`${id}-${here}`}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: visible.length * ROW_PX }}>
        <div role="presentation" className="tree-window" style={{ transform: `translateY(${(places[0] ?? 0) * ROW_PX}px)` }}>
          {places.map((place) => {
            const row = tree.row(visible[place] ?? 0, openness)
            return (
              <TreeLine
                key={row.node}
                id={`${id}-${place}`}
                row={row}
                active={place === here}
                onPick={() => {
                  onActive(row.node)
                  if (row.size > 0) onTurn(row)
                }}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

const PAGE_ROWS = 20

interface Steer {
  row: TreeRow
  here: number
  last: number
  goTo: (place: number) => void
  /** Goes to the branch that the row is a member of. */
  above: () => void
  onTurn: (row: TreeRow) => void
}

/** The keys of the WAI-ARIA tree pattern; true when the key was one of them. */
function steer(key: string, { row, here, last, goTo, above, onTurn }: Steer): boolean {
  const isBranch = row.size > 0
  const acts: Record<string, () => void> = {
    ArrowDown: () => goTo(here + 1),
    ArrowUp: () => goTo(here - 1),
    Home: () => goTo(0),
    End: () => goTo(last),
    PageDown: () => goTo(here + PAGE_ROWS),
    PageUp: () => goTo(here - PAGE_ROWS),
    Enter: () => isBranch && onTurn(row),
    ' ': () => isBranch && onTurn(row),
    ArrowRight: () => (row.open ? goTo(here + 1) : isBranch && onTurn(row)),
    ArrowLeft: () => (row.open ? onTurn(row) : above()),
  }
  acts[key]?.()
  return key in acts
}
