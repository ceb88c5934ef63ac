import type { NodeHoverDrawingFunction } from 'sigma/rendering'
import type { Palette } from './colours'

const pad = 6
const gap = 4

/** Draws the name of a node that is pointed at or chosen on a plate of the theme, and a ring around the node. */
export const plateOf = (palette: Palette): NodeHoverDrawingFunction => (context, { x, y, size, label }, { labelSize, labelFont }) => {
  context.beginPath()
  context.arc(x, y, size + 3, 0, Math.PI * 2)
  context.lineWidth = 2
  context.strokeStyle = palette.strong
  context.stroke()
  if (!label) return
  context.font = `600 ${labelSize}px ${labelFont}`
  const [left, height] = [x + size + gap + 2, labelSize + pad * 2]
  context.beginPath()
  context.roundRect(left, y - height / 2, context.measureText(label).width + pad * 2, height, 6)
  context.fillStyle = palette.plate
  context.fill()
  context.lineWidth = 1
  context.strokeStyle = palette.line
  context.stroke()
  context.fillStyle = palette.label
  context.fillText(label, left + pad, y + labelSize / 3)
}
