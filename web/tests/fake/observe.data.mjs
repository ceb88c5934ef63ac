/** Made-up sessions of coding agents: prompts, tools, subagents in subagents, denials, failures, costs. */
import { createHash } from 'node:crypto'

/** A generator that gives the same numbers every time, so that pictures can be compared. */
export function random(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export const uuid = (text) => createHash('md5').update(text).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

const prompts = [
  'Fix the flaky test in billing', 'Add retries to the webhook sender', 'Why is the import slow since Tuesday?', 'Migrate the invoices table to bigint ids', 'Write docs for the events API',
  'Find who still uses the old client', 'Make the dashboard load under a second', 'Upgrade the Dockerfile to Debian 13', 'Review the change to the rate limiter', 'Rename workspace to project everywhere',
]
const files = ['src/billing/invoice.py', 'tests/test_webhooks.py', 'src/api/routes.py', 'web/src/App.tsx', 'docs/events.md', 'pyproject.toml', 'src/jobs/importer.py', 'migrations/0042_ids.py']
const commands = ['pytest -q tests/test_webhooks.py', 'ruff check .', 'git diff --stat', 'npm run build', 'rg -n "old_client" src', 'make test', 'docker build -t app .', 'git log --oneline -20']
const apps = [['claude-code', 'billing-service', 'claude-opus-5'], ['claude-code', 'webshop', 'claude-sonnet-5'], ['codex', 'data-import', 'gpt-6-codex'], ['gemini', 'docs-site', 'gemini-4-pro'], ['cursor', 'webshop', 'claude-sonnet-5']]
const helpers = ['Explore', 'code-reviewer', 'test-runner', 'Plan']

const tools = {
  Read: (pick) => ({ file_path: `/home/ana/${pick(files)}` }), Edit: (pick) => ({ file_path: `/home/ana/${pick(files)}`, old_string: 'retry(3)', new_string: 'retry(5)' }),
  Bash: (pick) => ({ command: pick(commands) }), Grep: (pick) => ({ pattern: pick(['retry', 'old_client', 'Invoice']), path: 'src' }), WebFetch: () => ({ url: 'https://example.org/docs' }),
}
const takes_ms = { Read: 40, Edit: 90, Bash: 6200, Grep: 180, WebFetch: 1400 }
const names = Object.keys(tools)
const lineOf = (input) => Object.values(input)[0].slice(0, 120)

/** One session being played: `next()` gives its next event with its time; subagents are played inside. */
export class Play {
  constructor({ index, start, rand }) {
    this.rand = rand
    this.pick = (items) => items[Math.floor(rand() * items.length)]
    const [source, project, model] = apps[index % apps.length]
    Object.assign(this, { index, source, project, model, at: start, id: uuid(`session ${index}`), calls: 0, prompt: prompts[index % prompts.length], over: false })
    this.main = { id: uuid(`lane ${index}`), agent: source, agent_id: null, parent: null }
    this.steps = this.play()
  }

  next() {
    const { value, done } = this.steps.next()
    this.over = done
    return value
  }

  event(lane, name, data = {}, extra = {}) {
    const type = name === 'usage' ? name : `hook.${name}`
    const about = name === 'usage' ? data : {
      event: name, session_id: this.id, project: this.project, cwd: `/home/ana/${this.project}`, permission_mode: 'default', ...(lane.agent_id && { agent_id: lane.agent_id, agent_type: lane.agent }), ...data,
      body: { hook_event_name: name, session_id: this.id, transcript_path: `/home/ana/.claude/projects/${this.project}/${this.id}.jsonl`, cwd: `/home/ana/${this.project}`, ...extra },
    }
    return { session_id: this.id, run_id: lane.id, parent_run_id: lane.parent, agent: lane.agent, type, ts: Math.round(this.at), client_ts: null, data: about, trace_id: null, source: this.source }
  }

  wait(least, most) { this.at += least + this.rand() * (most - least) }

  *play() {
    yield this.event(this.main, 'SessionStart', { summary: 'Session started' }, { source: 'startup', model: this.model })
    const turns = 1 + Math.floor(this.rand() * 3)
    for (let turn = 0; turn < turns; turn++) {
      this.wait(400, 9000)
      const prompt = turn === 0 ? this.prompt : this.pick(['Now run all tests', 'Looks good; commit it', 'Use the new client instead', 'Explain what you changed'])
      yield this.event(this.main, 'UserPromptSubmit', { summary: prompt, prompt_id: uuid(`${this.id} ${turn}`) }, { prompt })
      yield* this.work(this.main, 4 + Math.floor(this.rand() * 10), 0)
      this.wait(300, 2500)
      yield this.event(this.main, 'Stop', { summary: 'Finished its turn' }, { stop_hook_active: false })
      this.wait(5000, 60000)
    }
    if (this.rand() < 0.75) yield this.event(this.main, 'SessionEnd', { summary: 'Session ended: prompt_input_exit' }, { reason: 'prompt_input_exit' })
    else if (this.rand() < 0.3) yield this.event(this.main, 'StopFailure', { summary: 'API error: overloaded', error: 'overloaded' })
  }

  *work(lane, count, depth) {
    for (let n = 0; n < count; n++) {
      if (n % 3 === 0) yield this.usage(lane)
      this.wait(200, 2600)
      if (depth < 2 && this.rand() < (depth === 0 ? 0.16 : 0.08)) yield* this.helper(lane, depth)
      else yield* this.tool(lane)
    }
  }

  usage(lane) {
    const input = 1500 + Math.floor(this.rand() * 24000)
    const output = 80 + Math.floor(this.rand() * 1600)
    this.wait(900, 5200)
    const cost = ((input * 3 + output * 15) / 1e6) * (this.model.includes('opus') ? 1.7 : 1)
    return this.event(lane, 'usage', {
      provider: 'anthropic', model: this.model, input_tokens: input, output_tokens: output, cached_tokens: Math.floor(input * 0.6), reasoning_tokens: 0, cost_usd: cost.toFixed(6), latency_ms: 900 + Math.floor(this.rand() * 5000), first_token_ms: 420,
    })
  }

  *tool(lane) {
    const tool = this.pick(names)
    const input = tools[tool](this.pick)
    const tool_use_id = `toolu_${uuid(`${this.id} ${this.calls++}`).slice(0, 20)}`
    const base = { tool, tool_use_id }
    const danger = tool === 'Bash' && this.rand() < 0.07
    if (danger) input.command = 'rm -rf build ../shared && git push --force'
    yield this.event(lane, 'PreToolUse', { ...base, summary: `${tool}  ${lineOf(input)}`, ...(danger && { decision: { decision: 'deny', reason: 'Deletes outside the project' } }) }, { tool_name: tool, tool_input: input, tool_use_id })
    if (danger) { this.wait(10, 60); yield this.event(lane, 'PermissionDenied', { ...base, summary: `Denied: ${lineOf(input)}` }, { tool_name: tool, tool_input: input, reason: 'policy' }); return }
    if (tool === 'Bash' && this.rand() < 0.08) { this.wait(50, 200); yield this.event(lane, 'PermissionRequest', { ...base, summary: `Asks to run ${lineOf(input)}` }, { tool_name: tool, tool_input: input }); this.wait(2000, 16000) }
    const duration_ms = Math.round(takes_ms[tool] * (0.4 + this.rand() * 1.8))
    this.at += duration_ms
    const failed = this.rand() < 0.06
    if (failed) yield this.event(lane, 'PostToolUseFailure', { ...base, duration_ms, error: 'exit code 1', summary: `${tool} failed: exit code 1, 2 tests failed` }, { tool_name: tool, tool_input: input, error: 'exit code 1\n2 failed, 41 passed' })
    else yield this.event(lane, 'PostToolUse', { ...base, duration_ms, summary: `${tool}  ${lineOf(input)}` }, { tool_name: tool, tool_input: input, tool_response: { stdout: '41 passed in 3.2s', interrupted: false } })
  }

  *helper(lane, depth) {
    const agent = this.pick(helpers)
    const tool_use_id = `toolu_${uuid(`${this.id} ${this.calls++}`).slice(0, 20)}`
    const agent_id = uuid(`${this.id} agent ${this.calls}`).slice(0, 8)
    const child = { id: uuid(`${this.id} lane ${agent_id}`), agent, agent_id, parent: lane.id }
    const task = this.pick(['Map how retries are configured', 'Run the tests and report', 'Review the diff for races', 'Plan the migration'])
    const input = { subagent_type: agent, description: task, prompt: `${task}. Answer briefly.` }
    const begun = this.at
    yield this.event(lane, 'PreToolUse', { tool: 'Task', tool_use_id, summary: `Task  ${agent}: ${task}` }, { tool_name: 'Task', tool_input: input })
    this.wait(20, 120)
    yield this.event(child, 'SubagentStart', { summary: task, tool_use_id }, { agent_id, agent_type: agent })
    yield* this.work(child, 3 + Math.floor(this.rand() * 6), depth + 1)
    this.wait(200, 1500)
    yield this.event(child, 'SubagentStop', { summary: 'Reported back' }, { agent_id })
    yield this.event(lane, 'PostToolUse', { tool: 'Task', tool_use_id, duration_ms: Math.round(this.at - begun), summary: `Task  ${agent}: done` }, { tool_name: 'Task', tool_input: input, tool_response: { agentId: agent_id, totalTokens: 18250 } })
  }
}

/** Events of many sessions, in the order of time, the last ones still running at `now`. */
export function history(count, now) {
  const rand = random(20261121)
  const events = []
  for (let index = 0; events.length < count; index++) {
    const play = new Play({ index, start: 0, rand })
    for (let event = play.next(); event; event = play.next()) events.push(event)
    const ends = now - (index < 5 ? -20_000 - index * 9_000 : (index - 4) * (index < 60 ? 420_000 : 61_000) * (0.6 + rand() * 0.8))
    const shift = ends - play.at
    for (let at = events.length - 1; at >= 0 && events[at].session_id === play.id; at--) events[at].ts = Math.round(events[at].ts + shift)
  }
  return events.filter(({ ts }) => ts <= now).sort((a, b) => a.ts - b.ts)
}
