import { countIn, errorOf, inside, isJson, said, textIn, type Ask, type Json, type Piece, type Speaker, type Tokens, type Turn } from './types'

/** Anthropic's messages. They want a limit of tokens; this one stands in where none is chosen. */
export const messages: Speaker = { dialect: 'messages', path: '/v1/messages', hasJson: false, body, read }
const usual_max_tokens = 4096

function body({ model, system, turns, temperature, max_tokens }: Ask): Json {
  return {
    model,
    ...(system.trim() && { system }),
    messages: turns.map(message),
    max_tokens: max_tokens ?? usual_max_tokens,
    ...(temperature !== null && { temperature }),
    stream: true,
  }
}

function message({ role, text, images }: Turn): Json {
  if (images.length === 0) return { role, content: text }
  const pictures = images.map(({ media_type, data }) => ({ type: 'image', source: { type: 'base64', media_type, data } }))
  return { role, content: [...pictures, { type: 'text', text }] }
}

function read(data: unknown): Piece[] {
  if (!isJson(data)) return []
  switch (data.type) {
    case 'message_start': return tokens(inside(data, 'message').usage)
    case 'content_block_delta': return delta(inside(data, 'delta'))
    case 'message_delta': return tokens(data.usage)
    case 'message_stop': return [{ kind: 'end', reason: 'stop' }]
    case 'error': return [{ kind: 'error', message: errorOf(data) ?? 'error' }]
    default: return []
  }
}

const delta = (found: Json): Piece[] => [...said('text', textIn(found.text)), ...said('reasoning', textIn(found.thinking))]

/** Told twice, the second time often only the output: what is not told is left out. Cached tokens are not in `input_tokens` here. */
function tokens(found: unknown): Piece[] {
  if (!isJson(found)) return []
  const cached = countIn(found.cache_read_input_tokens)
  const input = countIn(found.input_tokens) + cached + countIn(found.cache_creation_input_tokens)
  const output = countIn(found.output_tokens)
  const told: Partial<Tokens> = { ...(input > 0 && { input, cached }), ...(output > 0 && { output }) }
  return [{ kind: 'tokens', tokens: told }]
}
