import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { Button, toast, toastError } from '@/ui'
import { flattenJson, type TreeRow, valueAt } from './tree'
import { TreeLine } from './TreeLine'
import './json.css'

const ROW_PX = 24
/** Deep enough to see what a document is about. */
const OPEN_DEPTH = 2
const OPEN_UP_TO = 200

interface Openness {
  depth: number
  /** Branches the reader opened or closed against the depth rule. */
  turned: ReadonlySet<string>
}

export default function JsonView({ value, title }: { value: unknown; title: string }): ReactNode {
  const t = useT('artifacts')
  const [openness, setOpenness] = useState<Openness>(() => ({ depth: startDepth(value), turned: new Set() }))
  const [active, setActive] = useState('')
  const rows = useMemo(
    () => flattenJson(value, (path, depth) => depth < openness.depth !== openness.turned.has(path)),
    [value, openness],
  )
  const turn = (row: TreeRow): void => {
    const turned = new Set(openness.turned)
    if (!turned.delete(row.path)) turned.add(row.path)
    setOpenness({ ...openness, turned })
  }
  const copyValue = (): void => {
    const shown = JSON.stringify(valueAt(value, active), null, 2)
    copyText(shown).then(() => toast({ tone: 'ok', title: t('copied') }), toastError)
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
      <Tree rows={rows} title={title} active={active} onActive={setActive} onTurn={turn} />
      <div className="sheet-status mono">{active || '/'}</div>
    </div>
  )
}

function startDepth(value: unknown): number {
  return flattenJson(value, (_, depth) => depth < OPEN_DEPTH).length <= OPEN_UP_TO ? OPEN_DEPTH : 1
}

interface TreeProps {
  rows: TreeRow[]
  title: string
  active: string
  onActive: (path: string) => void
  onTurn: (row: TreeRow) => void
}

function Tree({ rows, title, active, onActive, onTurn }: TreeProps): ReactNode {
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    useFlushSync: false,
  })
  const items = virtual.getVirtualItems()
  const here = Math.max(
    0,
    rows.findIndex((row) => row.path === active),
  )
  const goTo = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (!row) return
    onActive(row.path)
    virtual.scrollToIndex(rows.indexOf(row))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (steer(event.key, rows, here, goTo, onTurn)) event.preventDefault()
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
      <div role="presentation" style={{ height: virtual.getTotalSize() }}>
        <div role="presentation" className="tree-window" style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map((item) => {
            const row = rows[item.index]
            return (
              row && (
                <TreeLine
                  key={row.path}
                  id={`${id}-${item.index}`}
                  row={row}
                  active={item.index === here}
                  onPick={() => {
                    onActive(row.path)
                    if (row.size > 0) onTurn(row)
                  }}
                />
              )
            )
          })}
        </div>
      </div>
    </div>
  )
}

/** The keys of the WAI-ARIA tree pattern; true when the key was one of them. */
function steer(
  key: string,
  rows: TreeRow[],
  here: number,
  goTo: (index: number) => void,
  onTurn: (row: TreeRow) => void,
): boolean {
  const row = rows[here]
  if (!row) return false
  switch (key) {
    case 'ArrowDown':
      goTo(here + 1)
      return true
    case 'ArrowUp':
      goTo(here - 1)
      return true
    case 'Home':
      goTo(0)
      return true
    case 'End':
      goTo(rows.length - 1)
      return true
    case 'PageDown':
      goTo(here + 20)
      return true
    case 'PageUp':
      goTo(here - 20)
      return true
    case 'Enter':
    case ' ':
      if (row.size > 0) onTurn(row)
      return true
    case 'ArrowRight':
      if (row.size > 0 && !row.open) onTurn(row)
      else if (row.open) goTo(here + 1)
      return true
    case 'ArrowLeft':
      if (row.open) onTurn(row)
      else goTo(parentOf(rows, here))
      return true
    default:
      return false
  }
}

function parentOf(rows: TreeRow[], here: number): number {
  const depth = rows[here]?.depth ?? 0
  for (let at = here; at >= 0; at--) if ((rows[at]?.depth ?? 0) < depth) return at
  return 0
}
