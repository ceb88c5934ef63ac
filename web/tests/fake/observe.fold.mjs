/** Spans and sums of one session's events. */
const sums = () => ({ input_tokens: 0, output_tokens: 0, cached_tokens: 0, cost_usd: 0 })

function spend(target, data) {
  for (const name of ['input_tokens', 'output_tokens', 'cached_tokens']) target[name] += data[name]
  target.cost_usd += Number(data.cost_usd)
}

export function fold(events, now) {
  const first = events[0]
  const last = events.at(-1)
  const lanes = new Map()
  const spans = []
  const open = new Map()
  const turns = new Map()
  const begin = (event, kind, name, parent_id, extra = {}) => {
    const span = { id: `${kind}-${event.id}`, parent_id, lane_id: event.run_id, agent: event.agent, kind, name, started_ms: event.ts, ended_ms: null, status: 'running', summary: event.data.summary ?? null, tool_use_id: null, ...sums(), start_seq: event.seq, end_seq: null, ...extra }
    spans.push(span)
    return span
  }
  const end = (span, event, status = 'ok') => { if (span) Object.assign(span, { ended_ms: event.ts, end_seq: event.seq, status }) }
  for (const event of events) {
    const { data, type } = event
    if (!lanes.has(event.run_id)) {
      lanes.set(event.run_id, {
        session_id: event.session_id, source: event.source, lane_id: event.run_id, parent_lane_id: event.parent_run_id, agent: event.agent, agent_id: data.agent_id ?? null, kind: event.parent_run_id ? 'subagent' : 'session', status: 'running',
        started_at: new Date(event.ts).toISOString(), ended_at: null, duration_ms: null, events: 0, tool_calls: 0, errors: 0, denied: 0, tools: {}, ...sums(), begun: event.ts,
      })
    }
    const lane = lanes.get(event.run_id)
    lane.events++
    lane.duration_ms = event.ts - lane.begun
    if (type === 'usage') { spend(lane, data); const turn = turns.get(event.run_id); if (turn) spend(turn, data) }
    if (type === 'hook.UserPromptSubmit') turns.set(event.run_id, begin(event, 'turn', data.summary, null))
    if (type === 'hook.SubagentStart') turns.set(event.run_id, begin(event, 'subagent', event.agent, open.get(data.tool_use_id)?.id ?? null))
    if (type === 'hook.Stop' || type === 'hook.SubagentStop') { end(turns.get(event.run_id), event); turns.delete(event.run_id) }
    if (type === 'hook.SubagentStop') { lane.status = 'ended'; lane.ended_at = new Date(event.ts).toISOString() }
    if (type === 'hook.PreToolUse') {
      lane.tool_calls++
      open.set(data.tool_use_id, begin(event, 'tool', data.tool, turns.get(event.run_id)?.id ?? null, { tool_use_id: data.tool_use_id }))
      lane.tools[data.tool] ??= { count: 0, errors: 0, duration_ms: 0 }
      lane.tools[data.tool].count++
    }
    if (type === 'hook.PermissionDenied') { end(open.get(data.tool_use_id), event, 'denied'); lane.denied++ }
    if (type === 'hook.PermissionRequest') begin(event, 'approval', 'Permission', open.get(data.tool_use_id)?.id ?? null, { ended_ms: event.ts + 1500, status: 'ok' })
    if (type === 'hook.PostToolUse' || type === 'hook.PostToolUseFailure') {
      const failed = type.endsWith('Failure')
      end(open.get(data.tool_use_id), event, failed ? 'error' : 'ok')
      const tool = lane.tools[data.tool]
      if (tool) tool.duration_ms += data.duration_ms
      if (failed) { lane.errors++; if (tool) tool.errors++ }
    }
  }
  const all = [...lanes.values()]
  const total = (name) => all.reduce((sum, lane) => sum + lane[name], 0)
  const isEnded = last.type === 'hook.SessionEnd'
  const status = isEnded ? 'ended' : last.type === 'hook.StopFailure' ? 'failed' : now - last.ts > 120_000 || last.type === 'hook.Stop' ? 'idle' : 'active'
  for (const span of spans) if (span.ended_ms === null && status !== 'active') Object.assign(span, { ended_ms: last.ts, status: 'interrupted' })
  all[0].status = status
  const prompt = events.find(({ type }) => type === 'hook.UserPromptSubmit')
  const said = events.findLast(({ data }) => data.summary)
  const session = {
    id: first.session_id, source: first.source, project: first.data.project ?? null, title: prompt?.data.summary ?? null, status, cwd: first.data.cwd ?? null, model: first.data.body?.model ?? null, started_at: new Date(first.ts).toISOString(), last_at: new Date(last.ts).toISOString(),
    ended_at: isEnded ? new Date(last.ts).toISOString() : null, events: events.length, errors: total('errors'), denied: total('denied'), tool_calls: total('tool_calls'), agents: all.length, input_tokens: total('input_tokens'), output_tokens: total('output_tokens'), cached_tokens: total('cached_tokens'), cost_usd: total('cost_usd'), last_summary: said?.data.summary ?? null,
  }
  return { session, spans, lanes: all.map(({ begun: _, ...lane }) => lane) }
}

const toolsOf = (lanes) => lanes.flatMap(({ tools }) => Object.entries(tools)).reduce((all, [name, tool]) => {
  const sum = (all[name] ??= { count: 0, errors: 0, duration_ms: 0 })
  for (const key of Object.keys(sum)) sum[key] += tool[key]
  return all
}, {})

/** Two folded sessions side by side; steps are put in line by the longest common subsequence of their names. */
export function compare(left, right) {
  const [a, b] = [toolsOf(left.lanes), toolsOf(right.lanes)]
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  return {
    left: left.session, right: right.session, aggregates: { left: left.lanes, right: right.lanes }, tools: names.map((name) => ({ name, left: a[name] ?? null, right: b[name] ?? null })),
    spans: align(left.spans, right.spans),
  }
}

function align(left, right) {
  const length = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1))
  const same = (i, j) => left[i].kind === right[j].kind && (left[i].kind === 'turn' || left[i].name === right[j].name)
  for (let i = left.length - 1; i >= 0; i--) for (let j = right.length - 1; j >= 0; j--) length[i][j] = same(i, j) ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1])
  const pairs = []
  for (let i = 0, j = 0; i < left.length || j < right.length;) {
    const both = i < left.length && j < right.length
    if (both && same(i, j)) pairs.push([left[i++], right[j++]])
    else if (j >= right.length || (both && length[i + 1][j] >= length[i][j + 1])) pairs.push([left[i++], null])
    else pairs.push([null, right[j++]])
  }
  return pairs.map(([a, b]) => ({ kind: (a ?? b).kind, name: (a ?? b).name, left: a, right: b }))
}
