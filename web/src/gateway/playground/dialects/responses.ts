import { countIn, dataUrl, errorOf, inside, isJson, said, textIn, type Ask, type Json, type Piece, type Speaker, type Turn } from './types'

/** OpenAI's responses; nothing is kept at the provider, the whole talk is sent each time. */
export const responses: Speaker = { dialect: 'responses', path: '/v1/responses', hasJson: true, body, read }

function body({ model, system, turns, temperature, max_tokens, json }: Ask): Json {
  return {
    model,
    ...(system.trim() && { instructions: system }),
    input: turns.map(message),
    ...(temperature !== null && { temperature }),
    ...(max_tokens !== null && { max_output_tokens: max_tokens }),
    ...(json && { text: { format: { type: 'json_object' } } }),
    store: false,
    stream: true,
  }
}

function message({ role, text, images }: Turn): Json {
  if (role === 'assistant') return { role, content: [{ type: 'output_text', text }] }
  return { role, content: [{ type: 'input_text', text }, ...images.map((image) => ({ type: 'input_image', image_url: dataUrl(image) }))] }
}

function read(data: unknown): Piece[] {
  if (!isJson(data)) return []
  const response = inside(data, 'response')
  switch (data.type) {
    case 'response.output_text.delta': case 'response.refusal.delta': return said('text', data.delta)
    case 'response.reasoning_summary_text.delta': case 'response.reasoning_text.delta': return said('reasoning', data.delta)
    case 'response.completed': return [...usage(response.usage), { kind: 'end', reason: 'stop' }]
    case 'response.incomplete': return [...usage(response.usage), { kind: 'end', reason: textIn(inside(response, 'incomplete_details').reason) || 'incomplete' }]
    case 'response.failed': return [{ kind: 'error', message: errorOf(response) ?? 'error' }]
    case 'error': return [{ kind: 'error', message: errorOf(data) ?? 'error' }]
    default: return []
  }
}

function usage(found: unknown): Piece[] {
  if (!isJson(found)) return []
  const tokens = {
    input: countIn(found.input_tokens), output: countIn(found.output_tokens),
    cached: countIn(inside(found, 'input_tokens_details').cached_tokens), reasoning: countIn(inside(found, 'output_tokens_details').reasoning_tokens),
  }
  return [{ kind: 'tokens', tokens }]
}
