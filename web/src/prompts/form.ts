import type { ExperimentBody, FragmentBody, Variant } from './api'

const NAME = /^[a-z][a-z0-9_-]{1,63}$/
const most_chars = 50_000
export type Mistake = 'needed' | 'badName' | 'tooLong' | 'badWeight' | 'twoNames' | 'oneVariant'

export function checkFragment({ name, text }: FragmentBody): Partial<Record<keyof FragmentBody, Mistake>> {
  return {
    ...(name.trim() === '' ? { name: 'needed' as const } : !NAME.test(name.trim()) && { name: 'badName' as const }),
    ...(text.trim() === '' ? { text: 'needed' as const } : text.length > most_chars && { text: 'tooLong' as const }),
  }
}

/** An experiment as its editor holds it: weights as typed. */
export interface ExperimentForm extends Omit<ExperimentBody, 'variants'> { variants: { name: string; weight: string; instructions: string }[] }

export const formOf = (experiment: ExperimentBody | undefined, agent: string): ExperimentForm => (experiment
  ? { name: experiment.name, agent: experiment.agent, sticky: experiment.sticky, variants: experiment.variants.map(({ name, weight, instructions }) => ({ name, weight: String(weight), instructions: instructions ?? '' })) }
  : { name: '', agent, sticky: 'session', variants: [{ name: 'as-it-is', weight: '1', instructions: '' }, { name: 'other', weight: '1', instructions: '' }] })

export const toBody = (form: ExperimentForm): ExperimentBody => ({ name: form.name.trim(), agent: form.agent, sticky: form.sticky, variants: form.variants.map((variant): Variant => ({ name: variant.name.trim(), weight: Number(variant.weight), instructions: variant.instructions.trim() === '' ? null : variant.instructions })) })

/** The first thing to mend of each variant, and of the whole. */
export function checkExperiment({ name, agent, variants }: ExperimentForm): { name?: Mistake; agent?: Mistake; variants: (Mistake | null)[]; whole?: Mistake } {
  const names = variants.map((variant) => variant.name.trim())
  return {
    ...(name.trim() === '' ? { name: 'needed' as const } : !NAME.test(name.trim()) && { name: 'badName' as const }), ...(agent === '' && { agent: 'needed' as const }), ...(variants.length < 2 && { whole: 'oneVariant' as const }),
    variants: variants.map(({ weight }, index) => (names[index] === '' ? 'needed' : !NAME.test(names[index] ?? '') ? 'badName' : names.indexOf(names[index] ?? '') !== index ? 'twoNames' : weight.trim() === '' || !(Number(weight) > 0) ? 'badWeight' : null)),
  }
}

export const isRight = (found: ReturnType<typeof checkExperiment>): boolean => found.name === undefined && found.agent === undefined && found.whole === undefined && found.variants.every((mistake) => mistake === null)

/** The share of runs that each variant gets, from 0 to 1. */
export function shares(weights: readonly number[]): number[] {
  const whole = weights.reduce((sum, weight) => sum + Math.max(0, weight || 0), 0)
  return weights.map((weight) => (whole === 0 ? 0 : Math.max(0, weight || 0) / whole))
}
