import { useQuery } from '@tanstack/react-query'
import { api } from '@/lib/api'
import type { Agent } from '@/lib/types'
import type { AgentBody } from './form'

/** An agent and the tag under which the server knows this state of it. */
export interface TaggedAgent {
  agent: Agent
  etag: string | null
}

async function tagged(answer: Response): Promise<TaggedAgent> {
  return { agent: (await answer.json()) as Agent, etag: answer.headers.get('etag') }
}

export async function loadAgent(id: string, signal?: AbortSignal): Promise<TaggedAgent> {
  return tagged(await api.raw(`/my/agents/${id}`, {}, { signal }))
}

export async function createAgent(body: AgentBody): Promise<TaggedAgent> {
  return tagged(
    await api.raw(
      '/my/agents',
      { method: 'POST', body: JSON.stringify(body) },
      { headers: { 'idempotency-key': crypto.randomUUID?.() ?? String(Math.random()) } },
    ),
  )
}

/** Saves if nobody else has saved since `etag`; refused with status 412 otherwise. */
export async function saveAgent(id: string, patch: Partial<AgentBody>, etag: string | null): Promise<TaggedAgent> {
  return tagged(
    await api.raw(
      `/my/agents/${id}`,
      { method: 'PATCH', body: JSON.stringify(patch) },
      etag ? { headers: { 'if-match': etag } } : {},
    ),
  )
}

export function useTaggedAgent(id: string | null) {
  return useQuery({
    queryKey: ['agent', id],
    queryFn: ({ signal }) => loadAgent(id ?? '', signal),
    enabled: id !== null,
    gcTime: 0,
    staleTime: Infinity,
  })
}
