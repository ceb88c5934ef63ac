import type { ProviderKind } from '../api/types'

/** A service as the form offers it: a kind of the server's, or one of ours with an address filled in. */
export interface Service {
  id: string
  title: string
  type: string
  base_url: string
  needs_base_url: boolean
  needs_key: boolean
  /** Where to get a key. */
  keys_page?: string
}

const keys_pages: Record<string, string> = {
  anthropic: 'console.anthropic.com', openai: 'platform.openai.com', openrouter: 'openrouter.ai', google: 'aistudio.google.com', deepseek: 'platform.deepseek.com',
  mistral: 'console.mistral.ai', groq: 'console.groq.com', xai: 'console.x.ai', azure: 'ai.azure.com',
}
/** Those that are asked for most stand first. */
const first = ['anthropic', 'openai', 'google', 'openrouter', 'ollama']
/** These run on one's own machine. */
const local = ['ollama', 'vllm', 'llamacpp', 'lmstudio']
export const isLocal = ({ id }: Service): boolean => local.includes(id)
const last = ['openai_compatible', 'anthropic_compatible']
const LM_STUDIO: Service = { id: 'lmstudio', title: 'LM Studio', type: 'openai_compatible', base_url: 'http://127.0.0.1:1234/v1', needs_base_url: true, needs_key: false }

const place = (id: string): number => {
  const early = first.indexOf(id)
  return early >= 0 ? early : first.length + Math.max(0, 1 + last.indexOf(id))
}

/** Every service one may connect, the most asked for first, the dialects of unnamed ones last. */
export function servicesOf(kinds: readonly ProviderKind[]): Service[] {
  const known = kinds.map(({ type, title, base_url, needs_base_url, needs_key }): Service => ({
    id: type, title, type, base_url: base_url ?? '', needs_base_url, needs_key, ...(keys_pages[type] && { keys_page: keys_pages[type] }),
  }))
  const ours = kinds.some((kind) => kind.type === LM_STUDIO.type) ? [LM_STUDIO] : []
  return [...known, ...ours].toSorted((a, b) => place(a.id) - place(b.id))
}

const bare = (url: string): string => url.replace(/\/$/, '')

/** The service that a provider was made from; one of ours is told by its address. */
export function serviceOf({ type, base_url }: { type: string; base_url: string }, services: readonly Service[]): Service | undefined {
  return services.find((service) => service.id !== type && service.type === type && bare(service.base_url) === bare(base_url)) ?? services.find((service) => service.id === type)
}
