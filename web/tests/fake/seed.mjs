import { iso, newId } from './team.mjs'

const hour_ms = 3_600_000
export const table = '| library | start p99 | jobs/s |\n|---|---:|---:|\n| taskiq | 1.6 ms | 9,400 |\n| arq | 3.0 ms | 4,100 |\n| dramatiq | 4.1 ms | 8,800 |\n'
export const code = '```python\nimport asyncio\nfrom time import perf_counter_ns\n\nasync def run(lib, n: int, size: int) -> list[float]:\n    """Enqueue-to-start times in milliseconds."""\n    payload = b"x" * size\n    await lib.warm_up(200)\n    start = perf_counter_ns()\n    await asyncio.gather(*(lib.enqueue(payload) for _ in range(n)))\n    return sorted(t / 1e6 for t in lib.times(start))\n```\n'

const call = (tool, args, extra) => ({ type: 'tool_call', tool_call_id: newId(), tool, args, status: 'ok', result: null, error: null, started_at: iso(), duration_ms: 12, artifacts: [], approval_id: null, child: null, ...extra })
const text = (words) => ({ type: 'text', text: words })

/** The chat of the drawing, with every kind of row. */
function showpiece(team, artifacts) {
  const chat = team.addChat('Compare three queue libraries', { updated: Date.now() - 60_000 })
  const usage = { input_tokens: 4210, output_tokens: 890, cost_usd: '0.0241' }
  team.append(chat, { parts: [text('Compare arq, dramatiq and taskiq for our worker: benchmarks in a table, a short report, and a test we can keep.')] })
  team.append(chat, { role: 'assistant', agent: 'orchestrator', run_id: newId(), model: 'claude-sonnet-5', usage, duration_ms: 21_400, parts: [
    { type: 'reasoning', text: 'The three libraries differ in their brokers. A fair comparison needs one harness, one payload and a warm-up; then a table and a recommendation.' },
    text('I let **researcher** read the docs and issue trackers, and **coder** write one benchmark that runs all three.'),
    call('call_agent', { agent: 'researcher', task: 'Read the docs and issue trackers of all three' }, { duration_ms: 21_000, result: 'Read 14 pages and 9 issues.', child: childRun(team, chat) }),
    call('run_code', { command: 'pip download taskiq==0.12' }, { status: 'failed', error: 'Network is not allowed in this sandbox.', duration_ms: 340 }),
  ] })
  team.append(chat, { parts: [text('@coder go on'), { type: 'attachment', attachment_id: newId(), name: 'requirements.txt', mime: 'text/plain', size: 412 }] })
  team.append(chat, { role: 'assistant', agent: 'coder', run_id: newId(), model: 'claude-sonnet-5', usage, duration_ms: 18_200, parts: [
    text('All three share one harness, so only the broker client differs. I measure enqueue-to-start and throughput with `perf_counter_ns`, after a warm-up.'),
    call('write_file', { path: 'bench/queues.py', content: 'import asyncio\n' }, { result: 'bench/queues.py, 84 lines', artifacts: artifacts.slice(0, 2) }),
    call('run_code', { command: 'python bench/queues.py --rounds 3' }, { duration_ms: 24_310, result: 'taskiq 1.6 ms\narq 3.0 ms\ndramatiq 4.1 ms' }),
    text(`### Results\n\n${table}\ntaskiq starts jobs soonest; dramatiq holds its throughput better as messages grow:\n\n- warm-up of 200 jobs, then three rounds\n- messages of 1 kB and 64 kB\n\n${code}\nThe regression test is in \`tests/test_queues.py\`.`),
  ] })
  const last = team.messages.get(chat.active_message_id)
  const other = team.addMessage(chat, { ...structuredClone(last), id: newId(), parts: [text('All three share one harness, so only the client differs. I measure throughput with `time.monotonic`, after a warm-up.'), text(`### Results\n\n${table.replace('9,400', '8,100')}\ntaskiq starts jobs soonest.`)] })
  last.siblings = [other.id, last.id]
  return chat
}

function childRun(team, chat) {
  const run_id = newId()
  const message = team.addMessage(chat, { role: 'assistant', agent: 'researcher', run_id, parent_id: null, is_child: true, model: 'claude-haiku-5', duration_ms: 20_100, parts: [
    call('web_search', { query: 'taskiq dramatiq arq benchmark' }, { duration_ms: 900, result: '9 hits' }),
    text('taskiq is async from the ground up; arq is the smallest; dramatiq has the longest history.'),
  ] })
  team.runs.set(run_id, { id: run_id, session_id: chat.id, parent_run_id: newId(), agent: 'researcher', status: 'done', message_id: message.id })
  return { run_id, agent: 'researcher' }
}

/** A long chat: text, code, tables and tool calls by turns. */
export function longChat(team, count, title = 'A long talk') {
  const chat = team.addChat(title, { updated: Date.now() - 2 * hour_ms })
  for (let n = 0; n < count; n += 2) {
    team.append(chat, { parts: [text(`Question ${n / 2 + 1}: what about case ${n}?`)] })
    const parts = [text(`Answer ${n / 2 + 1}. ${'Some words of an answer that wrap over several lines of the column. '.repeat(1 + (n % 5))}${n % 7 === 0 ? `\n\n${code}` : ''}${n % 11 === 0 ? `\n\n${table}` : ''}`)]
    if (n % 6 === 0) parts.unshift(call('run_code', { command: `python case.py ${n}` }, { result: 'ok' }))
    team.append(chat, { role: 'assistant', agent: n % 4 === 0 ? 'coder' : 'orchestrator', run_id: newId(), model: 'claude-sonnet-5', duration_ms: 1200, parts })
  }
  return chat
}

/** What a person finds on the first look; returns the chats by name. */
export function seed(team, { artifacts = [], long = 300 } = {}) {
  const titles = ['Invoice parser: edge cases', 'Why is CI slow since Tuesday?']
  const older = ['Onboarding guide, Portuguese', 'Schema for the billing export', 'Talk outline: event logs']
  for (const [index, title] of [...older, ...Array.from({ length: 50 }, (_, n) => `Older chat ${n + 1}`)].entries()) team.addChat(title, { updated: Date.now() - (index < 3 ? 50 : 400 + index * 20) * hour_ms })
  for (const title of titles) team.addChat(title, { updated: Date.now() - hour_ms / 2 })
  team.addChat('Release notes', { pinned: true, updated: Date.now() - 90 * hour_ms })
  return { show: showpiece(team, artifacts), long: longChat(team, long) }
}
