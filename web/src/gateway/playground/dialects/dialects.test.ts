import { describe, expect, it } from 'vitest'
import { dialects, speakers } from '.'
import { errorOf, type Ask, type Image, type Piece, type Tokens, type Turn } from './types'

const image: Image = { name: 'a.png', media_type: 'image/png', data: 'AAAA' }
const turn = (role: Turn['role'], text: string, images: Image[] = []): Turn => ({ role, text, images })
const ask = (change: Partial<Ask> = {}): Ask => ({ model: 'fast', system: 'Be brief.', turns: [turn('user', 'Hi')], temperature: null, max_tokens: null, json: false, ...change })
const read = (dialect: (typeof dialects)[number], events: unknown[]): Piece[] => events.flatMap((event) => speakers[dialect].read(event))
const text = (pieces: Piece[]) => pieces.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('')
const tokens = (pieces: Piece[]): Partial<Tokens> => Object.assign({}, ...pieces.map((piece) => (piece.kind === 'tokens' ? piece.tokens : {})))

/** The same answer as each dialect streams it. */
const streams = {
  chat: [
    { choices: [{ delta: { role: 'assistant', content: '' }, finish_reason: null }] }, { choices: [{ delta: { reasoning_content: 'hm' } }] },
    { choices: [{ delta: { content: 'Hel' } }] }, { choices: [{ delta: { content: 'lo' } }] }, { choices: [{ delta: {}, finish_reason: 'stop' }] },
    { choices: [], usage: { prompt_tokens: 20, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 12 }, completion_tokens_details: { reasoning_tokens: 2 } } },
  ],
  messages: [
    { type: 'message_start', message: { usage: { input_tokens: 6, cache_read_input_tokens: 12, cache_creation_input_tokens: 2, output_tokens: 1 } } },
    { type: 'ping' }, { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } }, { type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'hm' } },
    { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hel' } }, { type: 'content_block_delta', delta: { type: 'text_delta', text: 'lo' } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } }, { type: 'message_stop' },
  ],
  responses: [
    { type: 'response.created', response: {} }, { type: 'response.reasoning_summary_text.delta', delta: 'hm' }, { type: 'response.output_text.delta', delta: 'Hel' }, { type: 'response.output_text.delta', delta: 'lo' },
    { type: 'response.output_text.done', text: 'Hello' },
    { type: 'response.completed', response: { usage: { input_tokens: 20, output_tokens: 7, input_tokens_details: { cached_tokens: 12 }, output_tokens_details: { reasoning_tokens: 2 } } } },
  ],
}

describe.each(dialects)('%s', (dialect) => {
  const pieces = read(dialect, streams[dialect])
  it('tells the text once, the reasoning apart from it', () => {
    expect(text(pieces)).toBe('Hello')
    expect(pieces.filter(({ kind }) => kind === 'reasoning')).toEqual([{ kind: 'reasoning', text: 'hm' }])
  })
  it('counts cached tokens among those that went in', () => expect(tokens(pieces)).toMatchObject({ input: 20, output: 7, cached: 12 }))
  it('ends once', () => expect(pieces.filter(({ kind }) => kind === 'end')).toHaveLength(1))
  it.each([null, 1, 'x', [], {}, { choices: 'none' }, { type: 'from the future', delta: 5 }])('passes over %j', (odd) => expect(read(dialect, [odd])).toEqual([]))
  it('asks for a stream of the model', () => expect(speakers[dialect].body(ask())).toMatchObject({ model: 'fast', stream: true }))
  it('says nothing of what was not chosen', () => {
    const names = Object.keys(speakers[dialect].body(ask({ system: '  ' })))
    for (const name of ['temperature', 'system', 'instructions', 'response_format', 'text', 'max_completion_tokens', 'max_output_tokens']) expect(names).not.toContain(name)
  })
})

describe('errors in mid-stream', () => {
  it.each([
    ['chat', { error: { message: 'busy', type: 'server_error' } }], ['messages', { type: 'error', error: { type: 'overloaded_error', message: 'busy' } }],
    ['responses', { type: 'error', message: 'busy' }], ['responses', { type: 'response.failed', response: { error: { message: 'busy' } } }],
  ] as const)('%s %j', (dialect, event) => expect(read(dialect, [event])).toEqual([{ kind: 'error', message: 'busy' }]))
  it('a problem document is read too', () => expect(errorOf({ title: 'Not found', detail: 'No such model.' })).toBe('No such model.'))
})

describe('requests', () => {
  const full = ask({ turns: [turn('user', 'Look', [image]), turn('assistant', 'A cat'), turn('user', 'Sure?')], temperature: 0.2, max_tokens: 50, json: true })
  it('in chat', () => {
    expect(speakers.chat.body(full)).toEqual({
      model: 'fast', temperature: 0.2, max_completion_tokens: 50, response_format: { type: 'json_object' }, stream: true, stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'Look' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
        { role: 'assistant', content: 'A cat' }, { role: 'user', content: 'Sure?' },
      ],
    })
  })
  it('in messages, with a limit in any case', () => {
    expect(speakers.messages.body(full)).toEqual({
      model: 'fast', system: 'Be brief.', temperature: 0.2, max_tokens: 50, stream: true,
      messages: [
        { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }, { type: 'text', text: 'Look' }] },
        { role: 'assistant', content: 'A cat' }, { role: 'user', content: 'Sure?' },
      ],
    })
    expect(speakers.messages.body(ask()).max_tokens).toBe(4096)
  })
  it('in responses, keeping nothing at the provider', () => {
    expect(speakers.responses.body(full)).toEqual({
      model: 'fast', instructions: 'Be brief.', temperature: 0.2, max_output_tokens: 50, text: { format: { type: 'json_object' } }, store: false, stream: true,
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Look' }, { type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] },
        { role: 'assistant', content: [{ type: 'output_text', text: 'A cat' }] }, { role: 'user', content: [{ type: 'input_text', text: 'Sure?' }] },
      ],
    })
  })
})
