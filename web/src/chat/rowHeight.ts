import type { Message, Part } from '@/lib/types'

const line_px = 23.25
const gap_px = 18
const bubble_px = 20
const name_and_actions_px = 58
const tool_px = 44
const reasoning_px = 34
const chips_px = 44
const plan_px = 190
const note_px = 40
const char_px = 7.4
const widest_column_px = 740
const known = new WeakMap<Message, number>()

/** Lines that a text takes in a column, wrapped by the usual width of a letter. */
export function linesOf(text: string, column_px: number): number {
  const fit = Math.max(10, Math.floor(column_px / char_px))
  let lines = 0
  for (let at = 0; at <= text.length;) {
    const found = text.indexOf('\n', at)
    const end = found < 0 ? text.length : found
    lines += Math.max(1, Math.ceil((end - at) / fit))
    at = end + 1
  }
  return lines
}

/** About how tall the row of a message will be, so that the list has nearly its true length before rows are drawn. */
export function rowHeight(message: Message | undefined, column_px = widest_column_px): number {
  if (!message) return 0
  const height = known.get(message) ?? estimate(message, Math.min(column_px, widest_column_px))
  known.set(message, height)
  return height
}

function estimate({ role, parts }: Message, column_px: number): number {
  const around = role === 'user' ? bubble_px : name_and_actions_px
  return Math.round(parts.reduce((sum, part) => sum + partHeight(part, column_px), gap_px + around))
}

function partHeight(part: Part, column_px: number): number {
  switch (part.type) {
    case 'text': return linesOf(part.text, column_px) * line_px
    case 'reasoning': return reasoning_px
    case 'attachment': return chips_px
    case 'tool_call': return tool_px + (part.artifacts.length > 0 ? chips_px : 0)
    case 'plan': return plan_px
    case 'note': return note_px
    default: return 0
  }
}
