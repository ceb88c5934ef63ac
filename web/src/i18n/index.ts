import { use, useSyncExternalStore } from 'react'
import type { Language } from '@/lib/types'
import type { Namespace, Namespaces } from './namespaces'

/** A text that depends on a number `n`, by the language's plural categories. */
export interface Plural { zero?: string; one?: string; two?: string; few?: string; many?: string; other: string }
type Entry = string | Plural
type Catalogue = Record<string, Entry>
/** The type of a translation of the catalogue `T`: the same keys, a text or a plural where the source has one. */
export type Translation<T> = { [Key in keyof T]: T[Key] extends string ? string : Plural }
type Vars = Record<string, string | number>
export type T<N extends Namespace> = (key: keyof Namespaces[N] & string, vars?: Vars) => string

export const languages: { id: Language; name: string }[] = [
  { id: 'en', name: 'English' },
  { id: 'pt', name: 'Português' },
  { id: 'ru', name: 'Русский' },
]

interface Settled extends Promise<void> { status?: 'fulfilled'; value?: undefined }

const files = import.meta.glob<{ default: Catalogue }>('./{en,pt,ru}/*.ts')
const loaded = new Map<string, Catalogue>()
const loading = new Map<string, Promise<void>>()
const wanted = new Set<Namespace>()
const listeners = new Set<() => void>()
let current: Language = 'en'
let version = 0

export const language = (): Language => current

/** Loads a catalogue in the present language; screens that call it early do not wait for it later. */
export function load(namespace: Namespace, lang: Language = current): Promise<void> {
  wanted.add(namespace)
  const id = `${lang}/${namespace}`
  const known = loading.get(id)
  if (known) return known
  const file = files[`./${id}.ts`]
  if (!file) throw new Error(`no catalogue ${id}`)
  const promise: Settled = file().then(
    // React reads the mark synchronously: a catalogue that is there never suspends.
    (module) => { loaded.set(id, module.default); promise.status = 'fulfilled' },
    (error: unknown) => { loading.delete(id); throw error },
  )
  loading.set(id, promise)
  return promise
}

/** Switches the language once every catalogue in use is there, so that no half-translated screen is seen. */
export async function setLanguage(next: Language): Promise<void> {
  await Promise.all([...wanted].map((namespace) => load(namespace, next)))
  current = next
  version++
  document.documentElement.lang = next
  translators.clear()
  listeners.forEach((listener) => listener())
}

/** The language to begin with: the saved one, else the browser's, else English. */
export function preferredLanguage(saved: string | undefined): Language {
  const choices = [saved, ...navigator.languages].map((tag) => tag?.slice(0, 2))
  return languages.find(({ id }) => choices.includes(id) && choices.find((choice) => languages.some((known) => known.id === choice)) === id)?.id ?? 'en'
}

const translators = new Map<string, T<Namespace>>()

/** The translator of a catalogue that is loaded already (outside components). */
export function translator<N extends Namespace>(namespace: N): T<N> {
  const id = `${current}/${namespace}`
  const known = translators.get(id)
  if (known) return known as T<N>
  const catalogue = loaded.get(id) ?? {}
  const made: T<N> = (key, vars) => fill(pick(catalogue[key] ?? key, vars), vars)
  if (loaded.has(id)) translators.set(id, made as T<Namespace>)
  return made
}

/** The translator of one catalogue, re-rendering on a change of language; waits (suspends) until it is loaded. */
export function useT<N extends Namespace>(namespace: N): T<N> {
  useSyncExternalStore(subscribe, () => version)
  use(load(namespace))
  return translator(namespace)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => { listeners.delete(listener) }
}

let rules: { of: Language; plural: Intl.PluralRules } | null = null

function pick(entry: Entry, vars: Vars | undefined): string {
  if (typeof entry === 'string') return entry
  if (rules?.of !== current) rules = { of: current, plural: new Intl.PluralRules(current) }
  return entry[rules.plural.select(Number(vars?.n ?? 0))] ?? entry.other
}

function fill(text: string, vars: Vars | undefined): string {
  return vars ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(vars[name] ?? whole)) : text
}
