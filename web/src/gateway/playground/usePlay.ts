import { useSyncExternalStore } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useModels } from '@/lib/queries'
import { keys, type Offered } from '../api/queries'
import { speakers } from './dialects'
import type { Image, Turn } from './dialects/types'
import { isBusy, type Round } from './lane'
import { checkSetup, lanes, numberOf, useSetup } from './store'

export interface Play {
  /** The models of the two lanes. */
  models: readonly [string, string]
  isBusy: boolean
  isEmpty: boolean
  send: (question: string, images: readonly Image[]) => void
  again: (at: 0 | 1) => void
  stop: () => void
}

const useRounds = (at: 0 | 1): readonly Round[] => useSyncExternalStore(lanes[at].subscribe, lanes[at].snapshot)

/** Sends what was asked to the lanes in use. */
export function usePlay(offered: readonly Offered[]): Play {
  const client = useQueryClient()
  const models = useChosenModels(offered)
  const all = [useRounds(0), useRounds(1)]
  const ask = async (at: 0 | 1, question: string, images: readonly Image[]): Promise<void> => {
    const { dialect, system, temperature, max_tokens, json, skipCache } = useSetup.getState()
    const lane = lanes[at]
    const turns: Turn[] = [...lane.turns(), { role: 'user', text: question, images }]
    const limits = { temperature: numberOf(temperature), max_tokens: numberOf(max_tokens) }
    await lane.ask(question, images, { speaker: speakers[dialect], skipCache, ask: { model: models[at], system, turns, json, ...limits } })
    await Promise.all([client.invalidateQueries({ queryKey: keys.usage }), client.invalidateQueries({ queryKey: keys.calls })])
  }
  const inUse = (): readonly (0 | 1)[] => (useSetup.getState().compare ? [0, 1] : [0])
  return {
    models,
    isBusy: all.some((rounds) => isBusy(rounds.at(-1))),
    isEmpty: all.every((rounds) => rounds.length === 0),
    send: (question, images) => {
      if (Object.keys(checkSetup(useSetup.getState())).length > 0) return
      inUse().forEach((at) => void ask(at, question, images))
    },
    again: (at) => {
      const round = lanes[at].dropLast()
      if (round) void ask(at, round.question, round.images)
    },
    stop: () => lanes.forEach((lane) => lane.stop()),
  }
}

/** What was chosen, while it is offered; else the default model first, and another beside it. */
function useChosenModels(offered: readonly Offered[]): readonly [string, string] {
  const chosen = useSetup((setup) => setup.models)
  const standard = useModels().data?.find((model) => model.is_default)?.id
  const ids = offered.map(({ id }) => id)
  const known = (id: string) => (ids.includes(id) ? id : undefined)
  const first = known(chosen[0]) ?? known(standard ?? '') ?? ids[0] ?? 'offline'
  return [first, known(chosen[1]) ?? ids.find((id) => id !== first) ?? first]
}
