import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual'
import ArrowDown from 'lucide-react/icons/arrow-down'
import { useT } from '@/i18n'
import { Button, Spinner } from '@/ui'
import { useChat, useList } from './context'
import { useFollowEnd } from './useFollowEnd'
import { MessageRow } from './MessageRow'

const near_end_px = 80
const near_start_px = 900
const usual_row_px = 150

/** The conversation: virtual, anchored at its end; it never moves a reader who scrolled up. */
export function Talk({ onEnd }: { onEnd: (scrollToEnd: () => void) => void }) {
  const t = useT('chat')
  const { store } = useChat()
  const { order, hasMore, loadingOlder, running } = useList(store)
  const scroller = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(true)
  const getItemKey = useCallback((index: number) => order[index] ?? index, [order])
  // The last row stays mounted: it may hold a decision that somebody is typing.
  const rangeExtractor = useCallback((range: Range) => {
    const indexes = defaultRangeExtractor(range)
    if (range.count > 0 && indexes.at(-1) !== range.count - 1) indexes.push(range.count - 1)
    return indexes
  }, [])
  const rows = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => usual_row_px,
    overscan: 3,
    getItemKey,
    rangeExtractor,
    paddingStart: 22,
    paddingEnd: 0,
    useFlushSync: false,
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
    setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight < near_end_px)
    if (element.scrollTop < near_start_px && hasMore && !loadingOlder) void store.loadOlder()
  }
  const unseen = useUnseen(order, atEnd)
  return (
    <div className="talk-box">
      <div ref={scroller} className="talk-scroll" role="log" aria-live="off" aria-label={t('log')} tabIndex={0} onScroll={onScroll}>
        {loadingOlder && <div className="talk-older"><Spinner label={t('older')} /></div>}
        <div ref={rows.containerRef} className="talk-rows">
          {rows.getVirtualItems().map((row) => (
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
