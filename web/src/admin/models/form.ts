import type { Provider, ProviderType } from '@/lib/types'

export interface Preset {
  id: string
  /** A product's name: the same in every language; null for the preset that has none. */
  label: string | null
  type: ProviderType
  base_url: string
  needs_key: boolean
  /** Where to get a key. */
  keys_page?: string
}

/** What the form begins with. */
export const FIRST: Preset = {
  id: 'anthropic',
  label: 'Anthropic',
  type: 'anthropic',
  base_url: 'https://api.anthropic.com',
  needs_key: true,
  keys_page: 'console.anthropic.com',
}
const CUSTOM: Preset = { id: 'custom', label: null, type: 'openai_compatible', base_url: '', needs_key: false }

export const PRESETS: readonly Preset[] = [
  FIRST,
  {
    id: 'openai',
    label: 'OpenAI',
    type: 'openai',
    base_url: 'https://api.openai.com/v1',
    needs_key: true,
    keys_page: 'platform.openai.com',
  },
  {
    id: 'openrouter',
    label: 'OpenRouter',
    type: 'openai_compatible',
    base_url: 'https://openrouter.ai/api/v1',
    needs_key: true,
    keys_page: 'openrouter.ai',
  },
  { id: 'ollama', label: 'Ollama', type: 'openai_compatible', base_url: 'http://127.0.0.1:11434/v1', needs_key: false },
  { id: 'lmstudio', label: 'LM Studio', type: 'openai_compatible', base_url: 'http://127.0.0.1:1234/v1', needs_key: false },
  CUSTOM,
]

export interface ProviderForm {
  preset: string
  name: string
  type: ProviderType
  base_url: string
  api_key: string
}
export type ProviderField = 'name' | 'type' | 'base_url' | 'api_key'
export interface ProviderBody {
  name: string
  type: ProviderType
  base_url?: string
  api_key?: string
}

export function presetForm(preset: Preset, taken: readonly string[]): ProviderForm {
  return {
    preset: preset.id,
    name: freeName(preset.label ? preset.id : 'provider', taken),
    type: preset.type,
    base_url: preset.base_url,
    api_key: '',
  }
}

export function editForm(provider: Provider): ProviderForm {
  return { preset: presetOf(provider).id, name: provider.name, type: provider.type, base_url: provider.base_url, api_key: '' }
}

export function presetOf({ type, base_url }: Pick<Provider, 'type' | 'base_url'>): Preset {
  const same = (preset: Preset): boolean =>
    preset.base_url.replace(/\/$/, '') === base_url.replace(/\/$/, '') || (base_url === '' && !type.endsWith('compatible'))
  return PRESETS.find((preset) => preset.id !== 'custom' && preset.type === type && same(preset)) ?? CUSTOM
}

function freeName(stem: string, taken: readonly string[]): string {
  let name = stem
  for (let number = 2; taken.includes(name); number++) name = `${stem}-${number}`
  return name
}

/** An empty key is left out: the server keeps the one it has. */
export function toBody(form: ProviderForm): ProviderBody {
  const { name, type, base_url, api_key } = form
  return {
    name: name.trim(),
    type,
    ...(base_url.trim() && { base_url: base_url.trim() }),
    ...(api_key.trim() && { api_key: api_key.trim() }),
  }
}

export type ProviderMistake = 'needed' | 'badProviderName' | 'providerTaken' | 'badAddress' | 'keyNeeded'

/** What to mend before connecting; `taken` are the names of the other providers. */
export function checkProvider(
  form: ProviderForm,
  hasKey: boolean,
  taken: readonly string[],
): Partial<Record<ProviderField, ProviderMistake>> {
  const found: Partial<Record<ProviderField, ProviderMistake | null>> = {
    name: checkName(form.name.trim(), taken),
    base_url: checkAddress(form.base_url.trim()),
    api_key: needsKey(form) && !hasKey && form.api_key.trim() === '' ? 'keyNeeded' : null,
  }
  return Object.fromEntries(Object.entries(found).filter(([, mistake]) => mistake !== null))
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u

function checkName(name: string, taken: readonly string[]): ProviderMistake | null {
  if (name === '') return 'needed'
  if (!NAME.test(name)) return 'badProviderName'
  return taken.includes(name) ? 'providerTaken' : null
}

function needsKey(form: ProviderForm): boolean {
  return PRESETS.find((preset) => preset.id === form.preset)?.needs_key ?? false
}

function checkAddress(text: string): ProviderMistake | null {
  if (text === '') return 'needed'
  try {
    const { protocol, search, hash } = new URL(text)
    return (protocol === 'http:' || protocol === 'https:') && search === '' && hash === '' ? null : 'badAddress'
  } catch {
    return 'badAddress'
  }
}
