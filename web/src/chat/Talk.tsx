import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual'
import ArrowDown from 'lucide-react/icons/arrow-down'
import { useT } from '@/i18n'
import { Button, Spinner } from '@/ui'
import { useChat, useList } from './context'
import { useEnds } from './useEnds'
import { useFollowEnd } from './useFollowEnd'
import { useOlder } from './useOlder'
import { MessageRow } from './MessageRow'
import { rowHeight } from './rowHeight'

const near_end_px = 80
const near_start_px = 900
const padding_px = 22
/** The header, the box to write in and the edges of the column. */
const around_px = 170
const beside_px = 40

/** The conversation: virtual, anchored at its end; it never moves a reader who scrolled up. */
export function Talk({ onEnd }: { onEnd: (scrollToEnd: () => void) => void }) {
  const t = useT('chat')
  const { store } = useChat()
  const { order, loadingOlder, running } = useList(store)
  const scroller = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(true)
  const getItemKey = useCallback((index: number) => order[index] ?? index, [order])
  const estimateSize = useCallback((index: number) => rowHeight(store.message(order[index] ?? ''), window.innerWidth - beside_px), [store, order])
  // The last row stays mounted: it may hold a decision that somebody is typing.
  const rangeExtractor = useCallback((range: Range) => {
    const indexes = defaultRangeExtractor(range)
    if (range.count > 0 && indexes.at(-1) !== range.count - 1) indexes.push(range.count - 1)
    return indexes
  }, [])
  const rows = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    // The first rows that are drawn are the last of the chat: none are drawn only to be scrolled away from.
    initialRect: { width: 0, height: Math.max(0, window.innerHeight - around_px) },
    initialOffset: () => order.reduce((sum, _, index) => sum + estimateSize(index), padding_px) - window.innerHeight + around_px,
    overscan: 2,
    getItemKey,
    rangeExtractor,
    paddingStart: padding_px,
    paddingEnd: 0,
    useFlushSync: true,
    directDomUpdates: true,
    directDomUpdatesMode: 'position',
    anchorTo: 'end',
  })
  useFollowEnd(scroller)
  const toEnd = useCallback(() => rows.scrollToEnd(), [rows])
  useLayoutEffect(() => { onEnd(toEnd); toEnd() }, [onEnd, toEnd])
  const onScroll = () => {
    const element = scroller.current
    if (!element) return
    if (element.scrollTop < near_start_px) void store.loadOlder().catch(() => undefined)
    setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight < near_end_px)
  }
  const drawn = rows.getVirtualItems()
  useOlder(store, drawn[0]?.index ?? order.length, order.length)
  const toStart = useCallback(() => rows.scrollToOffset(0), [rows])
  const ends = useEnds(store, { toStart, toEnd })
  const unseen = useUnseen(order, atEnd)
  return (
    <div className="talk-box">
      <div ref={scroller} className="talk-scroll" role="log" aria-live="off" aria-label={t('log')} tabIndex={0} onScroll={onScroll} {...ends}>
        {loadingOlder && <div className="talk-older"><Spinner label={t('older')} /></div>}
        <div ref={rows.containerRef} className="talk-rows">
          {drawn.map((row) => (
            <div key={row.key} data-index={row.index} ref={rows.measureElement} className="talk-row">
              <div className="column"><MessageRow id={order[row.index] ?? ''} /></div>
            </div>
          ))}
        </div>
      </div>
      {!atEnd && (
        <Button className="to-end" size="s" icon={<ArrowDown size={13} />} onClick={toEnd}>
          {unseen || running ? t('newMessages') : t('toEnd')}
        </Button>
      )}
    </div>
  )
}

/** Whether something was added below what the reader looks at. */
function useUnseen(order: readonly string[], atEnd: boolean): boolean {
  const last = order.at(-1)
  const [seen, setSeen] = useState(last)
  useEffect(() => { if (atEnd) setSeen(last) }, [atEnd, last])
  return seen !== last
}
