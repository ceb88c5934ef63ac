export type Align = 'start' | 'end'

const margin_px = 8

/** Puts a fixed popover below its anchor, or above where there is no room, always within the window. */
export function place(popover: HTMLElement, anchor: Element, align: Align = 'start', side: 'below' | 'above' = 'below'): void {
  const at = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = popover
  const below = at.bottom + 4
  const above = at.top - height - 4
  const fitsBelow = below + height <= innerHeight - margin_px
  const top = side === 'above' ? (above >= margin_px ? above : below) : (fitsBelow || above < margin_px ? below : above)
  const left = align === 'start' ? at.left : at.right - width
  popover.style.top = `${Math.max(margin_px, Math.min(top, innerHeight - height - margin_px))}px`
  popover.style.left = `${Math.max(margin_px, Math.min(left, innerWidth - width - margin_px))}px`
}
