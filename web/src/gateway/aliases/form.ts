import type { Alias, AliasBody, Candidate, Provider, Strategy } from '../api/types'

/** A candidate in the editor, with a name of its own for as long as it is edited. */
export interface Row { id: number; provider_id: string; model: string; weight: string }
export interface AliasForm { name: string; strategy: Strategy; rows: Row[]; is_shared: boolean }
export type AliasField = 'name' | 'candidates'
export type AliasMistake = 'needed' | 'badAliasName' | 'aliasTaken' | 'candidatesNeeded' | 'candidateTwice' | 'badWeight'

const usual_weight = 100
const most_weight = 1000
let last = 0

export const newRow = (provider_id: string, model: string, weight = usual_weight): Row => ({ id: ++last, provider_id, model, weight: String(weight) })

export function formOf(alias: Alias | undefined): AliasForm {
  if (!alias) return { name: '', strategy: 'priority', rows: [], is_shared: false }
  const { name, strategy, is_shared, candidates } = alias
  return { name, strategy, is_shared, rows: candidates.map((item) => newRow(item.provider_id, item.model, item.weight)) }
}

/** Whether candidates are told apart by weights under this strategy. */
export const isWeighed = (strategy: Strategy): boolean => strategy === 'weighted' || strategy === 'ab'
/** Whether their order says anything. */
export const isOrdered = (strategy: Strategy): boolean => strategy === 'priority'

export function toBody(form: AliasForm, isAdmin: boolean): AliasBody {
  const candidates = form.rows.map(({ provider_id, model, weight }): Candidate => ({ provider_id, model, weight: Number(weight) || usual_weight }))
  return { name: form.name.trim(), strategy: form.strategy, candidates, is_shared: isAdmin && form.is_shared }
}

const NAME = /^[^/@\s\p{Cc}]{1,64}$/u
const reserved = ['team', 'offline', 'default']

export function checkAlias(form: AliasForm, taken: readonly string[]): Partial<Record<AliasField, AliasMistake>> {
  const name = checkName(form.name.trim(), taken)
  const candidates = checkRows(form)
  return { ...(name && { name }), ...(candidates && { candidates }) }
}

function checkName(name: string, taken: readonly string[]): AliasMistake | null {
  if (name === '') return 'needed'
  if (!NAME.test(name) || reserved.includes(name.toLowerCase())) return 'badAliasName'
  return taken.includes(name) ? 'aliasTaken' : null
}

function checkRows({ rows, strategy }: AliasForm): AliasMistake | null {
  if (rows.length === 0) return 'candidatesNeeded'
  if (new Set(rows.map(({ provider_id, model }) => `${provider_id}/${model}`)).size < rows.length) return 'candidateTwice'
  return isWeighed(strategy) && !rows.every(({ weight }) => isWeight(weight)) ? 'badWeight' : null
}

const isWeight = (text: string): boolean => Number.isInteger(Number(text)) && Number(text) >= 1 && Number(text) <= most_weight

/** What a candidate gets of the calls, from 0 to 1. */
export function shareOf(row: Row, rows: readonly Row[]): number {
  const sum = rows.reduce((total, { weight }) => total + (Number(weight) || 0), 0)
  return sum === 0 ? 0 : (Number(row.weight) || 0) / sum
}

export interface Choice { provider_id: string; model: string; label: string }

/** Every model of every provider that may be a candidate, as `provider/model`. */
export const choicesOf = (providers: readonly Provider[]): Choice[] =>
  providers.flatMap(({ id, name, models }) => models.map((model) => ({ provider_id: id, model, label: `${name}/${model}` })))
