import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type ReactNode, useRef } from 'react'
import './code.css'

/** Shorter texts are laid out whole, so that selecting and the browser's own search reach every line. */
const WHOLE_UP_TO = 400
export const LINE_PX = 20

interface Props {
  count: number
  /** Characters of the longest line: how far the text scrolls sideways. */
  longest: number
  label: string
  wrap?: boolean
  fontSize?: number
  renderLine: (index: number) => ReactNode
  keyOf?: (index: number) => string | number
  /** Height of a row where it differs from a line's. Wrapped rows are measured instead. */
  heightOf?: (index: number) => number
}

/** A scrolling column of lines; long ones are virtual. */
export function Lines(props: Props): ReactNode {
  return props.count <= WHOLE_UP_TO ? <WholeLines {...props} /> : <VirtualLines {...props} />
}

function frameProps({ label, wrap, fontSize }: Props): {
  className: string
  style: CSSProperties
  tabIndex: 0
  role: 'region'
  'aria-label': string
} {
  const style = fontSize ? { fontSize } : {}
  return { className: wrap ? 'lines lines-wrap' : 'lines', style, tabIndex: 0, role: 'region', 'aria-label': label }
}

function widthOf({ longest, wrap }: Props): CSSProperties {
  return wrap ? {} : { minWidth: `calc(${longest}ch + 84px)` }
}

function WholeLines(props: Props): ReactNode {
  const lines = Array.from({ length: props.count }, (_, index) => (
    <div key={props.keyOf?.(index) ?? index}>{props.renderLine(index)}</div>
  ))
  return (
    <div {...frameProps(props)}>
      <div className="lines-all" style={widthOf(props)}>
        {lines}
      </div>
    </div>
  )
}

function VirtualLines(props: Props): ReactNode {
  const scroller = useRef<HTMLDivElement>(null)
  const { count, renderLine, keyOf, heightOf, wrap } = props
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: heightOf ?? (() => LINE_PX),
    overscan: 10,
    useFlushSync: false,
    ...(keyOf && { getItemKey: keyOf }),
  })
  const items = virtual.getVirtualItems()
  return (
    <div ref={scroller} {...frameProps(props)}>
      <div className="lines-all" style={{ ...widthOf(props), height: virtual.getTotalSize() }}>
        <div className="lines-window" style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map((item) => (
            <div key={item.key} data-index={item.index} ref={wrap ? virtual.measureElement : undefined}>
              {renderLine(item.index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}
