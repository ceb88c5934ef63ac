import { countIn, dataUrl, errorOf, inside, isJson, said, textIn, type Ask, type Json, type Piece, type Speaker, type Turn } from './types'

/** OpenAI's chat completions. */
export const chat: Speaker = { dialect: 'chat', path: '/v1/chat/completions', hasJson: true, body, read }

function body({ model, system, turns, temperature, max_tokens, json }: Ask): Json {
  return {
    model,
    messages: [...(system.trim() ? [{ role: 'system', content: system }] : []), ...turns.map(message)],
    ...(temperature !== null && { temperature }),
    ...(max_tokens !== null && { max_completion_tokens: max_tokens }),
    ...(json && { response_format: { type: 'json_object' } }),
    stream: true,
    stream_options: { include_usage: true },
  }
}

function message({ role, text, images }: Turn): Json {
  if (images.length === 0) return { role, content: text }
  return { role, content: [{ type: 'text', text }, ...images.map((image) => ({ type: 'image_url', image_url: { url: dataUrl(image) } }))] }
}

function read(data: unknown): Piece[] {
  if (!isJson(data)) return []
  if (data.error !== undefined) return [{ kind: 'error', message: errorOf(data) ?? 'error' }]
  const choice: unknown = Array.isArray(data.choices) ? data.choices[0] : undefined
  const delta = inside(choice, 'delta')
  const reason = isJson(choice) ? textIn(choice.finish_reason) : ''
  return [
    ...said('reasoning', delta.reasoning_content ?? delta.reasoning), ...said('text', delta.content), ...said('text', delta.refusal),
    ...usage(data.usage), ...(reason ? [{ kind: 'end' as const, reason }] : []),
  ]
}

function usage(found: unknown): Piece[] {
  if (!isJson(found)) return []
  const tokens = {
    input: countIn(found.prompt_tokens), output: countIn(found.completion_tokens),
    cached: countIn(inside(found, 'prompt_tokens_details').cached_tokens), reasoning: countIn(inside(found, 'completion_tokens_details').reasoning_tokens),
  }
  return [{ kind: 'tokens', tokens }]
}
