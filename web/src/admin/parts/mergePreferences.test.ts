import { expect, it } from 'vitest'
import type { Preferences } from '@/lib/types'
import { mergePreferences } from './usePreferencePatch'

const before: Preferences = {
  theme: 'auto',
  language: 'en',
  time_zone: 'UTC',
  notifications: { approvals: true, runs: false },
  editor: { font_size: 13, wrap: false },
  ai: { default_agent: 'coder', default_model: null },
  plans: 'ask',
  routing: 'auto',
  memory: 'on',
}

it('lays a patch over preferences, group by group', () => {
  const after = mergePreferences(before, { theme: 'dark', editor: { wrap: true }, ai: { default_agent: null } })
  expect(after).toEqual({
    ...before,
    theme: 'dark',
    editor: { font_size: 13, wrap: true },
    ai: { default_agent: null, default_model: null },
  })
  expect(before.editor.wrap).toBe(false)
})
