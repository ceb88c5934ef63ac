import { language } from '@/i18n'
import { defineAdoptedStyle } from '@/lib/adoptedStyle'
import { strictPolicy } from './strictHtml'

let loading: Promise<typeof import('./monaco')> | undefined

/** The editor's own words, which it reads while it loads: a change of language shows at the next visit. */
const words: Partial<Record<string, () => Promise<unknown>>> = {
  ru: () => import('monaco-editor/nls/lang/ru.js'),
}

async function fetchAll(): Promise<typeof import('./monaco')> {
  defineAdoptedStyle()
  globalThis.MonacoEnvironment = { createTrustedTypesPolicy: strictPolicy }
  await words[language()]?.()
  return import('./monaco')
}

/** Fetches the editor once. A failure is forgotten, so that the next call tries again. */
export function loadMonaco(): Promise<typeof import('./monaco')> {
  loading ??= fetchAll().catch((error: unknown) => { loading = undefined; throw error })
  return loading
}
