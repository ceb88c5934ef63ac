import type { Bundle, BundleBody, SearchMode } from '../api/bundles'
import { globFits } from '../parts/glob'

export interface BundleForm { name: string; title: string; tools: string; resources: string; prompts: string; agent: string; search: SearchMode; is_shared: boolean }
export type BundleField = 'name' | 'tools'
export type BundleMistake = 'needed' | 'badServerName' | 'nameTaken'

const NAME = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/

export function formOf(bundle: Bundle | undefined): BundleForm {
  if (!bundle) return { name: '', title: '', tools: '', resources: '*', prompts: '*', agent: '', search: 'auto', is_shared: false }
  const { tools, resources, prompts, agent, name, title, search, is_shared } = bundle
  return { name, title, search, is_shared, tools: tools.join('\n'), resources: resources.join('\n'), prompts: prompts.join('\n'), agent: agent ?? '' }
}

/** Patterns as they are typed: one a line, or with spaces or commas between. */
export const patterns = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))]

export function checkBundle(form: BundleForm, taken: readonly string[]): Partial<Record<BundleField, BundleMistake>> {
  const name: BundleMistake | undefined = form.name === '' ? 'needed' : !NAME.test(form.name) ? 'badServerName' : taken.includes(form.name) ? 'nameTaken' : undefined
  const tools: BundleMistake | undefined = patterns(form.tools).length === 0 ? 'needed' : undefined
  return { ...(name && { name }), ...(tools && { tools }) }
}

export function toBody(form: BundleForm, isAdmin: boolean): BundleBody {
  return {
    name: form.name, title: form.title.trim(), tools: patterns(form.tools), resources: patterns(form.resources), prompts: patterns(form.prompts),
    agent: form.agent === '' ? null : form.agent, search: form.search, is_shared: isAdmin && form.is_shared,
  }
}

/** The tools that patterns let in, and the patterns that let in none. */
export function letIn(globs: readonly string[], names: readonly string[]): { names: string[]; idle: string[] } {
  return { names: names.filter((name) => globs.some((glob) => globFits(glob, name))), idle: globs.filter((glob) => !names.some((name) => globFits(glob, name))) }
}
