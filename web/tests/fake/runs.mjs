/** Runs, plans, queues, schedules, fragments and experiments as the server has them: enough to draw and drive every screen. */
import { agents, ago, newId } from './admin.data.mjs'

const page = (items) => [200, { items, next_cursor: null }]
const missing = () => [404, { title: 'Not found', status: 404, detail: 'There is no such thing here.' }]
const usage = (input_tokens, output_tokens, cost_usd) => ({ input_tokens, output_tokens, cost_usd })

const task = (key, title, agent, depends_on, more = {}) => ({
  key, title, agent, instructions: `${title}. Say what you did not check.`, depends_on, on_failure: 'retry', max_attempts: 2, status: 'waiting', run_id: null, attempts: 0,
  started_at: null, ended_at: null, duration_ms: null, cost_usd: null, summary: null, error: null, artifacts: [], result_path: null, ...more,
})
const done = (began, took, cost_usd, more = {}) => ({ status: 'succeeded', run_id: newId(), attempts: 1, started_at: ago(began), ended_at: ago(began - took), duration_ms: took * 1000, cost_usd, ...more })

const tasks = () => [
  task('arq', 'Read the docs and issue tracker of arq', 'researcher', [], done(140, 21, '0.0041', { summary: 'arq is the smallest of the three; its author looks for maintainers.' })),
  task('dramatiq', 'Read the docs and issue tracker of dramatiq', 'researcher', [], done(140, 34, '0.0052')),
  task('taskiq', 'Read the docs and issue tracker of taskiq', 'researcher', [], { status: 'running', run_id: newId(), attempts: 1, started_at: ago(84) }),
  task('bench', 'Write one benchmark that runs all three, with a warm-up', 'coder', ['arq', 'dramatiq'], { status: 'asking', run_id: newId(), attempts: 1, started_at: ago(60), cost_usd: '0.0120' }),
  task('table', 'Compare them in a table', 'architect', ['bench', 'taskiq']),
  task('report', 'Write the report with a recommendation', 'architect', ['table', 'arq'], { on_failure: 'replan' }),
  task('test', 'Write a regression test for the benchmark', 'tester', ['bench']),
]
const idle = { status: 'waiting', run_id: null, attempts: 0, started_at: null, ended_at: null, duration_ms: null, cost_usd: null, summary: null }

const goal = 'Compare arq, dramatiq and taskiq for our worker: benchmarks in a table, a short report, and a test we can keep'
const plan = (session_id, status, more = {}) => ({
  id: newId(), session_id, run_id: newId(), message_id: null, goal, status, reason: null, approval: 'ask', approval_id: null, version: 4, replans: 0, tasks: tasks(), created_at: ago(150), started_at: ago(140), ended_at: null, duration_ms: null, cost_usd: '0.0213', ...more,
})

const run = (chat_id, agent, kind, status, began, took, more = {}) => ({
  id: newId(), chat_id, message_id: newId(), parent_run_id: null, agent, model: 'claude-sonnet-5', task: null, status, kind, priority: 0, attempts: 1, dead: false, plan_id: null, task_key: null, forked_from: null, forked_at: null, routed: null, variant: null,
  usage: usage(4210, 890, '0.0241'), created_at: ago(began + 1), started_at: status === 'queued' ? null : ago(began), ended_at: took === null ? null : ago(began - took), message: null, output: null, ...more,
})

const step = (ordinal, kind, began, took, more = {}) => ({
  ordinal, kind, key: `${kind}${ordinal}`, agent: 'coder', title: '', status: 'ok', started_at: ago(began), ended_at: took === null ? null : ago(began - took), duration_ms: took === null ? null : took * 1000, model: kind === 'response' ? 'claude-sonnet-5' : null,
  tool: null, tool_call_id: null, input: null, output: null, usage: null, artifacts: [], child_run_id: null, ...more,
})
const steps = (artifacts) => [
  step(0, 'response', 90, 4, { title: 'Plans the harness', usage: usage(2100, 310, '0.0081'), input: { messages: 3, tools: ['write_file', 'run_code', 'web_search'] }, output: 'All three share one harness, so only the broker client differs.' }),
  step(1, 'tool', 86, 0.012, { tool: 'write_file', tool_call_id: 'c1', input: { path: 'bench/queues.py', content: 'import asyncio\nfrom time import perf_counter_ns\n' }, output: 'bench/queues.py, 84 lines', artifacts }),
  step(2, 'note', 82, 0, { title: 'note', output: 'Also try messages of 64 kB.' }),
  step(3, 'response', 82, 6, { title: 'Runs it', usage: usage(2600, 180, '0.0072'), output: 'I run it three times.' }),
  step(4, 'tool', 76, 0.34, { tool: 'run_code', tool_call_id: 'c2', status: 'failed', input: { command: 'pip download taskiq==0.12' }, output: 'Network is not allowed in this sandbox.' }),
  step(5, 'tool', 75, 24, { tool: 'run_code', tool_call_id: 'c3', input: { command: 'python bench/queues.py --rounds 3' }, output: { taskiq: { start_p99_ms: 1.6, jobs_s: 9400 }, arq: { start_p99_ms: 3.0, jobs_s: 4100 }, dramatiq: { start_p99_ms: 4.1, jobs_s: 8800 } } }),
  step(6, 'response', 51, 8, { title: 'Answers', usage: usage(3300, 620, '0.0110'), output: 'taskiq starts jobs soonest; dramatiq holds its throughput better as messages grow.' }),
]

/** The state of these doors; `chatId` is the chat that the runs belong to. */
export class RunDoors {
  constructor(team, chats, artifacts) {
    this.team = team
    const chat = chats.show.id
    this.artifacts = artifacts
    const going = plan(chat, 'running')
    this.plans = [going, plan(chat, 'proposed', { tasks: tasks().map((item) => ({ ...item, ...idle })), started_at: null, cost_usd: null, goal: 'Research three rate limiters and write a report with a test' }), plan(chat, 'succeeded', { tasks: tasks().map((item) => ({ ...item, status: 'succeeded', duration_ms: 20_000 })), ended_at: ago(20), goal: 'Why is CI slow since Tuesday?' }), plan(chat, 'failed', { goal: 'Onboarding guide in Portuguese', reason: 'The planner named an agent that is not in your team: translator.', tasks: [], cost_usd: null })]
    const failed = run(chat, 'tester', 'call', 'failed', 900, 4, { task: 'Run the suite on PostgreSQL', dead: true, attempts: 5 })
    this.main = run(chat, 'coder', 'task', 'succeeded', 90, 47, { task: 'Write one benchmark that runs all three, with a warm-up', plan_id: going.id, task_key: 'bench', routed: { intent: 'code', confidence: 0.92, handler: 'agent' } })
    this.fork = run(chat, 'coder', 'task', 'succeeded', 40, 30, { task: 'Write one benchmark that runs all three, with a warm-up', model: 'gpt-5', forked_from: this.main.id, forked_at: 3 })
    this.runs = [
      run(chat, 'orchestrator', 'plan', 'running', 140, null, { task: goal, plan_id: going.id }), run(chat, 'researcher', 'task', 'running', 84, null, { task: 'Read the docs and issue tracker of taskiq', plan_id: going.id, task_key: 'taskiq' }),
      run(chat, 'coder', 'task', 'waiting', 60, null, { task: 'Install redis-server for the broker' }), run(chat, 'researcher', 'call', 'queued', 12, null, { task: 'Read the changelog of dramatiq 2', usage: null }), this.fork, this.main,
      run(chat, 'orchestrator', 'turn', 'paused', 200, null), failed, run(chat, 'architect', 'turn', 'cancelled', 4000, 12, { usage: null }), run(chat, 'coder', 'turn', 'failed', 5000, 61, { task: 'Mend the invoice parser' }), run(chat, 'operator', 'turn', 'succeeded', 9000, 3, { task: 'Turn on the build machine' }),
    ]
    for (const item of going.tasks) { const found = this.runs.find(({ task_key }) => task_key === item.key); if (found) item.run_id = found.id }
    const cron = { timezone: 'Europe/Lisbon', agent: null, session_id: null, mode: 'auto', status: 'active', version: 1, last_at: ago(30_000), last_run_id: this.main.id, last_status: 'succeeded', next_at: ago(-52_000) }
    this.schedules = [
      { ...cron, id: newId(), name: 'Morning news', cron: '0 9 * * 1-5', text: 'Read the release notes of our dependencies and tell me what matters.', agent: 'researcher' },
      { ...cron, id: newId(), name: 'Build watch', cron: '*/15 * * * *', text: 'Is the nightly build green? If not, say why in two sentences.', last_status: 'failed' },
      { ...cron, id: newId(), name: 'Monthly report', cron: '0 8 1 * *', text: 'Write the report of last month.', status: 'paused', last_at: null, last_run_id: null, last_status: null, next_at: null },
    ]
    this.fragments = [['house-style', 'How we write', 'Write plainly. Say what you did not check.'], ['safety', 'What needs a yes', 'Ask before anything that cannot be undone.']].map(([name, description, text], index) => ({ id: newId(), name, description, text, version: 3 - index, updated_at: ago(7000) }))
    this.experiments = [{ id: newId(), name: 'Brief or thorough', agent: 'coder', status: 'running', sticky: 'session', version: 1, variants: [{ name: 'brief', weight: 1, instructions: 'Answer in five sentences.' }, { name: 'thorough', weight: 3, instructions: '' }] }]
    agents[1] && Object.assign(agents[1], { fragments: ['house-style', 'safety'] })
  }

  emptied() { Object.assign(this, { runs: [], plans: [], schedules: [], fragments: [], experiments: [] }) }

  answer({ method, path, query, body }) {
    const [, root, area, id, door, sub, act] = path.split('/')
    if (root === 'events' && query.get('run_id')) return page([['tool_started', { tool: 'run_code', args: { command: 'python bench/queues.py --rounds 3' } }], ['tool_finished', { tool: 'run_code', duration_ms: 24_000 }], ['usage', { model: 'claude-sonnet-5', input_tokens: 2600 }]].map(([type, data], index) => ({ seq: index, id: newId(), session_id: null, run_id: query.get('run_id'), parent_run_id: null, agent: 'coder', type, ts: Date.parse(ago(75)) + index * 8000, data, source: 'team' })))
    if (root !== 'my') return null
    if (area === 'runs') return this.ofRuns(method, id, door, query, body)
    if (area === 'plans') return this.ofPlans(method, id, door, sub, act, query, body)
    if (area === 'queues') return this.ofQueues(id, door)
    if (area === 'schedules') return list(this.schedules, { method, id, door, body }, { last_at: null, last_run_id: null, last_status: null, next_at: ago(-3600) })
    if (area === 'prompts') return door === 'versions' ? page([3, 2, 1].filter((version) => version <= this.fragments.find((item) => item.id === id).version).map((version) => ({ version, text: version === 1 ? 'Write plainly.' : `Write plainly. Say what you did not check.${version === 3 ? '' : '\nBe friendly.'}`, created_at: ago(90_000 - version * 9000) }))) : list(this.fragments, { method, id, door, body })
    if (area === 'experiments') return door === 'results' ? [200, { items: [{ variant: 'brief', runs: 42, succeeded: 39, failed: 3, mean_cost_usd: '0.0112', mean_tokens: 3120, p50_ms: 8200, p95_ms: 21_000, steps: 4.2 }, { variant: 'thorough', runs: 118, succeeded: 114, failed: 4, mean_cost_usd: '0.0241', mean_tokens: 7240, p50_ms: 14_100, p95_ms: 41_000, steps: 6.8 }] }] : list(this.experiments, { method, id, door, body }, { status: 'running' })
    if (area === 'agents' && id === 'export') return [200, { files: agents.map(({ name }) => ({ name: `${name}.md`, text: `---\nname: ${name}\n---\n` })) }]
    if (area === 'agents' && id === 'import') return [200, { items: body.files.map(({ name }, index) => ({ name, agent: name.replace(/\.md$/, ''), outcome: ['created', 'updated', 'refused'][index % 3], error: index % 3 === 2 ? "line 4: 'tools' must be a mapping" : null })) }]
    return null
  }

  ofRuns(method, id, door, query, body) {
    if (id === 'compare') return this.compare(query.get('a'), query.get('b'))
    if (!id) return page(this.runs.filter((item) => ['status', 'agent', 'kind', 'plan_id'].every((name) => !query.get(name) || item[name] === query.get(name)) && (!query.get('session_id') || item.chat_id === query.get('session_id')) && (query.get('dead') === null || String(item.dead) === query.get('dead'))))
    const found = this.runs.find((item) => item.id === id)
    if (!found) return null
    if (door === 'steps') return page(steps(this.artifacts.slice(0, 2)).map((item) => ({ ...item, agent: found.agent })))
    if (method === 'POST') Object.assign(found, { pause: { status: 'paused' }, resume: { status: 'running' }, cancel: { status: 'cancelled' }, retry: { status: 'running', dead: false } }[door] ?? {})
    return [200, door === 'fork' ? { message: null, run_id: newId(), reply_id: newId(), seq: this.team.seq, body } : found]
  }

  compare(one, other) {
    const [a, b] = [one, other].map((id) => this.runs.find((item) => item.id === id))
    if (!a || !b) return missing()
    const left = steps([])
    const right = left.slice(0, 6).map((item) => (item.ordinal < 3 ? item : { ...item, output: item.ordinal === 3 ? 'I run it five times, with messages of 64 kB.' : item.output, input: item.ordinal === 5 ? { command: 'python bench/queues.py --rounds 5 --size 65536' } : item.input }))
    const sums = { steps: 7, duration_ms: 47_000, input_tokens: 8000, output_tokens: 1110, cost_usd: '0.0263' }
    return [200, { a, b, steps: left.map((item, index) => ({ a: item, b: right[index] ?? null, same: index < 3 })), differs_at: 3, totals: { a: sums, b: { ...sums, steps: 6, duration_ms: 30_000, cost_usd: '0.0391' } } }]
  }

  ofPlans(method, id, door, key, act, query, body) {
    if (!id && method === 'POST') { const made = plan(this.plans[0].session_id, 'planning', { goal: body.goal, tasks: [], started_at: null }); this.plans.unshift(made); return [202, made] }
    if (!id) return page(this.plans.filter((item) => !query.get('status') || item.status === query.get('status')))
    const found = this.plans.find((item) => item.id === id)
    if (!found) return missing()
    if (method === 'PATCH') Object.assign(found, { goal: body.goal ?? found.goal, tasks: (body.tasks ?? found.tasks).map((item) => ({ ...task(), ...item })) })
    if (door === 'approve') found.status = 'running'
    if (door === 'reject' || door === 'cancel') found.status = 'cancelled'
    if (door === 'tasks') found.tasks.find((item) => item.key === key).status = act === 'skip' ? 'skipped' : 'queued'
    if (method !== 'GET') { found.version++; this.team.emit(this.team.chats.get(found.session_id), 'plan_updated', { plan: found }) }
    return [200, found]
  }

  ofQueues(agent, door) {
    const queue = (item, index) => ({ agent: item.name, running: [1, 2, 3, 0][index % 4], waiting: [0, 1, 7, 0][index % 4], paused: Boolean(item.paused), dead: item.name === 'tester' ? 1 : 0, max_running: 3, max_waiting: 100, oldest_ms: [null, 12_000, 94_000, null][index % 4], wait_p50_ms: 2 + index, wait_p95_ms: 40 * (index + 1), ended_1h: 12 + index, failed_1h: index % 3 })
    const all = agents.map(queue)
    if (!agent) return [200, { items: all }]
    const found = all.find((item) => item.agent === agent)
    if (!found) return missing()
    if (door) agents.find(({ name }) => name === agent).paused = found.paused = door === 'pause'
    return [200, { ...found, items: this.runs.filter((item) => item.status === 'queued' || item.status === 'waiting') }]
  }
}

/** The usual doors of a list. */
function list(items, { method, id, door, body }, fresh = {}) {
  if (!id && method === 'POST') { const made = { id: newId(), version: 1, updated_at: ago(0), ...fresh, ...body }; items.push(made); return [201, made] }
  if (!id) return page(items)
  const found = items.find((item) => item.id === id)
  if (!found) return missing()
  if (method === 'DELETE') { items.splice(items.indexOf(found), 1); return [204] }
  if (method === 'PATCH' || door === 'restore') Object.assign(found, door ? {} : body, { version: found.version + 1 })
  return [200, found]
}
