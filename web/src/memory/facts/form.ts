import type { MemoryChange } from '../api/calls'
import type { Memory } from '../api/types'

/** A memory as its editor holds it. */
export interface MemoryForm { text: string; tags: string; shared: boolean; importance: string; valid_until: string }

const day_length = 10
const most_chars = 20_000

export const tagsOf = (typed: string): string[] => [...new Set(typed.split(',').map((tag) => tag.trim()).filter((tag) => tag !== ''))]

export function formOf(memory?: Memory): MemoryForm {
  if (!memory) return { text: '', tags: '', shared: true, importance: '0.5', valid_until: '' }
  return { text: memory.text, tags: memory.tags.join(', '), shared: memory.shared, importance: String(memory.importance), valid_until: memory.valid_until?.slice(0, day_length) ?? '' }
}

export const bodyOf = ({ text, tags, shared, importance, valid_until }: MemoryForm) => ({
  // A day is good until its end.
  text: text.trim(), tags: tagsOf(tags), shared, importance: Number(importance), valid_until: valid_until === '' ? null : `${valid_until}T23:59:59Z`,
})

/** Only what was changed goes over the wire, so that what somebody else changed meanwhile is not put back. */
export function changeOf(before: Memory, form: MemoryForm): MemoryChange {
  const [old, now] = [formOf(before), bodyOf(form)]
  return {
    ...(form.text.trim() !== before.text && { text: now.text }), ...(form.tags !== old.tags && { tags: now.tags }), ...(form.shared !== old.shared && { shared: now.shared }),
    ...(form.importance !== old.importance && { importance: now.importance }), ...(form.valid_until !== old.valid_until && { valid_until: now.valid_until }),
  }
}

export type Mistake = 'needText' | 'tooLong'
export function mistakeOf({ text }: MemoryForm): Mistake | null {
  if (text.trim() === '') return 'needText'
  return text.length > most_chars ? 'tooLong' : null
}
