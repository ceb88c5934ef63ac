import { expect, it } from 'vitest'
import { snippet, tools } from './snippets'

const place = { origin: 'https://team.example', key: 'ent_vk_x', model: 'fast' }

it.each(tools)('%s names the server, the key and the model', (tool) => {
  const text = snippet(tool, place)
  for (const part of Object.values(place)) expect(text).toContain(part)
})

it('Anthropic clients add /v1 themselves, OpenAI ones do not', () => {
  for (const tool of ['anthropic_python', 'claude_code'] as const) expect(snippet(tool, place)).not.toContain('/v1')
  for (const tool of ['curl', 'openai_python', 'openai_node', 'codex'] as const) expect(snippet(tool, place)).toContain('https://team.example/v1')
})
