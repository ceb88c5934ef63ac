/** The gateway's control doors and its three dialects, as the server has them: enough to draw and drive every screen. */
import { ago, newId, providers } from './admin.data.mjs'

const day_ms = 86_400_000
const page = (items) => [200, { items, next_cursor: null }]
const missing = () => [404, { title: 'Not found', status: 404, detail: 'There is no such thing here.' }]
const invalid = (field, message) => [422, { title: 'Some fields need another look', status: 422, detail: 'It was not saved.', errors: [{ field, message }] }]

const kind = (type, title, base_url, dialects, { needs_key = true } = {}) => ({ type, title, base_url, needs_base_url: base_url === null, needs_key, dialects })
const kinds = [
  kind('openai', 'OpenAI', 'https://api.openai.com/v1', ['chat', 'responses']), kind('anthropic', 'Anthropic', 'https://api.anthropic.com', ['messages']),
  kind('google', 'Google Gemini', 'https://generativelanguage.googleapis.com/v1beta/openai', ['chat']), kind('deepseek', 'DeepSeek', 'https://api.deepseek.com/v1', ['chat', 'messages']),
  kind('mistral', 'Mistral', 'https://api.mistral.ai/v1', ['chat']), kind('groq', 'Groq', 'https://api.groq.com/openai/v1', ['chat']), kind('xai', 'xAI', 'https://api.x.ai/v1', ['chat']),
  kind('openrouter', 'OpenRouter', 'https://openrouter.ai/api/v1', ['chat', 'messages']), kind('bedrock', 'Amazon Bedrock', null, ['chat', 'responses']), kind('azure', 'Azure OpenAI', null, ['chat', 'responses']),
  { ...kind('vertex', 'Google Vertex AI', null, []), needs_base_url: false, needs_key: false },
  kind('ollama', 'Ollama', 'http://127.0.0.1:11434/v1', ['chat', 'messages'], { needs_key: false }), kind('vllm', 'vLLM', 'http://127.0.0.1:8000/v1', ['chat', 'messages'], { needs_key: false }),
  kind('llamacpp', 'llama.cpp', 'http://127.0.0.1:8080/v1', ['chat', 'messages'], { needs_key: false }),
  kind('openai_compatible', 'OpenAI-compatible', null, ['chat'], { needs_key: false }), kind('anthropic_compatible', 'Anthropic-compatible', null, ['messages'], { needs_key: false }),
]

/** Fills in what older rows of the fake do not have. */
for (const provider of providers) {
  const prices = provider.name === 'ollama' ? {} : { 'claude-haiku-5': { input: '0.80', output: '4.00', cached_input: '0.08', cache_write: '1.00' } }
  Object.assign(provider, { weight: 100, billing: provider.name === 'ollama' ? 'free' : 'own', prices, is_shared: false, is_own: true })
}

const candidates = providers.flatMap(({ id, name, models }) => models.map((model) => ({ provider_id: id, provider: name, model, weight: 100 })))
const alias = (name, strategy, chosen, extra = {}) => ({ id: newId(), name, strategy, candidates: chosen, is_shared: false, is_own: true, version: 1, created_at: ago(9e5), ...extra })

const fresh = () => {
  const ci = { id: newId(), name: 'ci', prefix: 'ent_vk_Q4x9', models: ['fast', 'anthropic/claude-haiku-5'], requests_per_minute: 60, tokens_per_minute: 200_000, expires_at: ago(-86400 * 40), last_used_at: ago(240), created_at: ago(86400 * 20), spent_usd_day: '0.412000000', spent_usd_month: '7.318200000', budget: null }
  const laptop = { ...ci, id: newId(), name: 'claude on my laptop', prefix: 'ent_vk_aB1c', models: null, requests_per_minute: 100, tokens_per_minute: null, expires_at: null, last_used_at: null, spent_usd_day: '0', spent_usd_month: '0' }
  const budget = (subject, subject_id, subject_name, period, soft, hard, spent, extra = {}) => ({ id: newId(), subject, subject_id, subject_name, period, soft_usd: soft, hard_usd: hard, spent_usd: spent, resets_at: ago(period === 'day' ? -9 * 3600 : -86400 * 9), set_by: 'self', ...extra })
  ci.budget = budget('key', ci.id, 'ci', 'month', '5.000000000', '10.000000000', '7.318200000')
  return {
    aliases: [
      alias('fast', 'priority', candidates.slice(0, 3)), alias('trial', 'ab', candidates.slice(0, 2).map((item, index) => ({ ...item, weight: index === 0 ? 300 : 100 }))),
      alias('house', 'cost', candidates.slice(0, 1), { is_shared: true, is_own: false }),
    ],
    keys: [ci, laptop],
    budgets: [budget('user', null, null, 'month', null, '40.000000000', '12.904417000', { set_by: 'admin' }), ci.budget, budget('agent', 'coder', 'coder', 'day', '1.000000000', null, '0.231')],
    others: [budget('user', null, null, 'month', '15.000000000', '20.000000000', '20.004', { set_by: 'admin', owner_id: 'x', owner_name: 'Ben Okri' })],
    played: new Map(), asked: new Set(),
  }
}

/** Crude but steady numbers: the same for the same question. */
function noise(seed) {
  let value = Math.imul(seed + 1, 0x9e3779b1)
  value ^= value >>> 15
  return (Math.imul(value, 0x85ebca6b) >>> 0) / 2 ** 32
}

const groups = {
  model: ['claude-sonnet-5', 'claude-haiku-5', 'gpt-5.1-mini', 'qwen3:30b'], provider: ['anthropic', 'openai', 'ollama'], agent: ['coder', 'researcher', 'orchestrator', ''], key: ['k1', 'k2', ''],
  door: ['messages', 'chat', 'responses', 'embeddings'], session: ['0199aaaa-01', '0199aaaa-02', '0199aaaa-03'], user: ['ana', 'ben'],
}
const names = { k1: 'ci', k2: 'claude on my laptop', ana: 'Ana Moreira', ben: 'Ben Okri' }

function usage(query) {
  const by = query.get('by') ?? 'model'
  const [from, to] = ['from', 'to'].map((name) => Number(query.get(name)))
  const step = query.get('bucket') === 'hour' ? 3_600_000 : day_ms
  const keys = groups[by] ?? Array.from({ length: Math.min(30, Math.ceil((to - from) / day_ms)) }, (_, index) => new Date(from + index * day_ms).toISOString().slice(0, 10))
  const items = keys.map((key, index) => sum(index, (keys.length - index) * 160, { key, label: names[key] ?? (key || null) }))
  const series = []
  for (let at = Math.floor(from / step) * step; at < to; at += step) {
    keys.forEach((key, index) => { if (by !== 'day' || index === 0) series.push({ at: new Date(at).toISOString(), key, calls: Math.round(noise(at / step + index) * 30), cost_usd: (noise(at / step + index * 7) / (index + 1)).toFixed(6) }) })
  }
  const total = items.reduce((all, item) => Object.fromEntries(Object.entries(all).map(([name, value]) => [name, name.endsWith('_usd') ? String(Number(value) + Number(item[name])) : name.endsWith('p50') ? value : value + item[name]])), sum(0, 0, {}))
  return [200, { items, total, series }]
}

const sum = (index, calls, extra) => ({
  calls, errors: Math.round(calls * 0.013 * index), input_tokens: calls * 5210, output_tokens: calls * 702, cached_tokens: Math.round(calls * 3310 * noise(index)), reasoning_tokens: calls * 101,
  cost_usd: (calls * 0.00391 * noise(index + 3)).toFixed(9), saved_usd: (calls * 0.0004).toFixed(9), cache_hits: Math.round(calls * 0.08), latency_ms_p50: 1840 + 410 * index, first_token_ms_p50: 240 + 60 * index, ...extra,
})

function call(index) {
  const status = ['ok', 'ok', 'ok', 'failed', 'ok', 'cut', 'ok', 'cancelled'][index % 8]
  const cache = index % 5 === 2 ? 'hit' : 'miss'
  return {
    id: `0199bbbb-0000-7000-8000-${String(index).padStart(12, '0')}`, at: ago(index * 613), session_id: null, run_id: null, agent: index % 3 === 0 ? 'coder' : null, source: 'gateway', door: ['messages', 'chat', 'responses'][index % 3],
    alias: index % 2 === 0 ? 'fast' : null, provider: 'anthropic', provider_id: 'p', model: groups.model[index % 3], key_id: index % 3 === 0 ? null : 'k1', workspace: null,
    input_tokens: 1200 + index * 37, output_tokens: status === 'failed' ? 0 : 300 + index * 11, cached_tokens: index % 4 === 0 ? 900 : 0, cache_write_tokens: 0, reasoning_tokens: 0, cost_usd: cache === 'hit' ? '0' : (0.0004 * (index + 1)).toFixed(9),
    saved_usd: cache === 'hit' ? '0.0012' : '0', latency_ms: 700 + index * 90, first_token_ms: status === 'failed' ? null : 210 + index * 9, status, error: status === 'failed' ? 'anthropic: 529 overloaded_error after 3 attempts' : null, cache, attempts: status === 'failed' ? 3 : 1, estimated: status === 'cut',
  }
}

function health() {
  return page(candidates.map((item, index) => ({
    provider_id: item.provider_id, provider: item.provider, model: item.model, state: ['closed', 'closed', 'half_open', 'open'][index % 4], failures: [0, 2, 7, 11][index % 4],
    last_error: index % 4 < 1 ? null : 'connect: 127.0.0.1:11434 refused', last_error_at: index % 4 < 1 ? null : ago(90 * index), latency_ms_p50: 1400 + 300 * index, first_token_ms_p50: 230 + 40 * index, calls: 412 - 60 * index, opened_until: index % 4 === 3 ? ago(-25) : null,
  })))
}

function rows(list, { method, body }, id, make) {
  if (!id) return method === 'GET' ? page(list) : make(body)
  const item = list.find((row) => row.id === id)
  if (!item) return missing()
  if (method === 'DELETE') { list.splice(list.indexOf(item), 1); return [204] }
  Object.assign(item, body, item.version === undefined ? {} : { version: item.version + 1 })
  return [200, item]
}

export class Gateway {
  state = fresh()

  answer({ method, path, query, body }) {
    const { state } = this
    const [root, area, third, id, rest] = path.split('/').filter(Boolean)
    const door = `${root}/${area}/${third ?? ''}`
    const ask = { method, body }
    if (door === 'api/v1/provider-types') return [200, { items: kinds }]
    if (door === 'api/v1/aliases') return rows(state.aliases, ask, id, (made) => this.makeAlias(made))
    if (door === 'api/v1/models' && id === 'health') return health()
    if (door === 'api/v1/models' && id === 'test') return [200, this.test(body.model)]
    if (`${root}/${area}` === 'my/gateway-keys') return rows(state.keys, ask, third, (made) => this.makeKey(made))
    if (`${root}/${area}` === 'my/budgets') return rows(state.budgets, ask, third, (made) => this.makeBudget(state.budgets, made, 'self'))
    if (door === 'api/v1/admin' && id === 'budgets') return rows(state.others, ask, rest, (made) => this.makeBudget(state.others, made, 'admin'))
    if (`${root}/${area}` === 'my/usage' && third === 'calls') return id ? this.played(id) : page(Array.from({ length: 24 }, (_, index) => call(index)).filter((item) => !query.get('status') || item.status === query.get('status')))
    if (`${root}/${area}` === 'my/usage' || (door === 'api/v1/admin' && id === 'usage')) return usage(query)
    if (path === '/v1/models') return [200, { object: 'list', data: this.offered() }]
    return null
  }

  offered() {
    const own = ['team', '@coder', '@researcher', 'offline'].map((id) => ({ id, object: 'model', owned_by: 'entourage' }))
    const connected = providers.flatMap(({ name, models }) => models.map((model) => ({ id: `${name}/${model}`, object: 'model', owned_by: name })))
    return [...this.state.aliases.map(({ name }) => ({ id: name, object: 'model', owned_by: 'alias' })), ...connected, ...own]
  }

  makeAlias(body) {
    if (this.state.aliases.some(({ name }) => name === body.name)) return invalid('name', 'taken')
    const made = alias(body.name, body.strategy, body.candidates.map((item) => ({ ...item, provider: providers.find(({ id }) => id === item.provider_id)?.name ?? null })), { is_shared: body.is_shared })
    this.state.aliases.push(made)
    return [201, made]
  }

  makeKey({ expires_in_days: days, ...body }) {
    const made = { id: newId(), prefix: 'ent_vk_9Kd2', created_at: ago(0), last_used_at: null, expires_at: days ? ago(-days * 86400) : null, spent_usd_day: '0', spent_usd_month: '0', budget: null, ...body }
    this.state.keys.push(made)
    return [201, { ...made, key: 'ent_vk_9Kd2_2mVtYc8Lr0pWn6sEgKzB1dHjXaUf3oQi' }]
  }

  makeBudget(list, body, set_by) {
    const made = { id: newId(), subject_name: body.subject_id, spent_usd: '0', resets_at: ago(-86400), set_by, ...body }
    list.push(made)
    const key = this.state.keys.find(({ id }) => id === body.subject_id)
    if (key) { key.budget = made; made.subject_name = key.name }
    return [201, made]
  }

  test(model) {
    if (model === 'trial') return { ok: false, provider: 'ollama', model: 'qwen3:30b', latency_ms: 4, first_token_ms: null, text: null, cost_usd: null, error: 'Connection refused at 127.0.0.1:11434. Is the server running?' }
    return { ok: true, provider: 'anthropic', model: 'claude-haiku-5', latency_ms: 812, first_token_ms: 298, text: 'Hello! I am here.', cost_usd: '0.000041', error: null }
  }

  played(id) {
    const found = this.state.played.get(id)
    return found ? [200, found] : missing()
  }

  /** Streams an answer in the dialect of the door; the same question to the same model comes from the cache the second time. */
  async play({ req, res, path, body }) {
    const id = newId()
    const model = body.model
    if (model === '@researcher') { res.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { type: 'invalid_request_error', code: 'model_not_found', message: `The model '${model}' does not exist.` } })); return }
    const asked = JSON.stringify(body)
    const isHit = this.state.asked.has(asked) && req.headers['x-entourage-cache'] !== 'no-store'
    this.state.asked.add(asked)
    const [provider, name] = model.includes('/') ? model.split(/\/(.*)/s) : ['anthropic', 'claude-haiku-5']
    res.writeHead(200, { 'content-type': 'text/event-stream', 'x-entourage-provider': provider, 'x-entourage-model': name, 'x-entourage-cache': isHit ? 'hit' : 'miss', 'x-entourage-call': id, 'x-request-id': id })
    const words = `A gateway is one door for many models. This is ${model}: it answers in pieces, so that you see how soon the first one comes and how fast the others follow. Ask again and the same words come from the cache at once.`.match(/\S+\s*/g)
    const speak = { '/v1/chat/completions': chatEvents, '/v1/messages': messagesEvents, '/v1/responses': responsesEvents }[path]
    let isGone = false
    res.on('close', () => { isGone = true })
    for (const event of speak(words)) {
      if (isGone) break
      res.write(event)
      if (!isHit) await new Promise((resolve) => setTimeout(resolve, model.includes('sonnet') ? 24 : 12))
    }
    this.state.played.set(id, { ...call(0), id, cost_usd: isHit ? '0' : '0.000405' })
    res.end()
  }
}

const line = (data, event) => `${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`

function* chatEvents(words) {
  for (const content of words) yield line({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: null }] })
  yield line({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  yield line({ choices: [], usage: { prompt_tokens: 31, completion_tokens: words.length, prompt_tokens_details: { cached_tokens: 12 } } })
  yield line('[DONE]')
}

function* messagesEvents(words) {
  yield line({ type: 'message_start', message: { role: 'assistant', usage: { input_tokens: 19, cache_read_input_tokens: 12, output_tokens: 1 } } }, 'message_start')
  for (const thinking of ['The person ', 'wants to know what a gateway is.']) yield line({ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking } }, 'content_block_delta')
  for (const text of words) yield line({ type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text } }, 'content_block_delta')
  yield line({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: words.length } }, 'message_delta')
  yield line({ type: 'message_stop' }, 'message_stop')
}

function* responsesEvents(words) {
  for (const delta of words) yield line({ type: 'response.output_text.delta', delta }, 'response.output_text.delta')
  yield line({ type: 'response.completed', response: { usage: { input_tokens: 31, output_tokens: words.length, input_tokens_details: { cached_tokens: 12 } } } }, 'response.completed')
}
