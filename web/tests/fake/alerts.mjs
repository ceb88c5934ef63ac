/** Alert rules, their history and the server's own figures, in memory. */
import { newId } from './admin.data.mjs'

const at = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString()
const rule = (more) => ({
  id: newId(), name: '', kind: 'error_rate', enabled: true, threshold: 5, window_seconds: 300, for_seconds: 0, cooldown_seconds: 600,
  min_events: 20, source: null, agent: null, types: [], text: null, webhook_url: null, email: null, state: 'ok', state_since: at(600),
  last_value: 0, checked_at: at(0), muted_until: null, created_at: at(9000), updated_at: at(9000), ...more,
})
const rules = [
  rule({ name: 'Claude Code fails too often', source: 'claude-code', state: 'firing', state_since: at(4), last_value: 12.4, webhook_url: 'https://hooks.example.org/services/oncall', email: 'ana@example.org' }),
  rule({ name: 'Spending in an hour', kind: 'budget_burn', threshold: 5, window_seconds: 3600, last_value: 1.32, email: 'ana@example.org' }),
  rule({ name: 'Somebody hangs', kind: 'stuck_agent', threshold: 10, state: 'pending', state_since: at(1), last_value: 10.4 }),
  rule({ name: 'Denied commands', kind: 'event_match', threshold: 3, types: ['hook.PermissionDenied'], text: 'rm production', last_value: 1, muted_until: new Date(Date.now() + 5e6).toISOString() }),
  rule({ name: 'Slow database', kind: 'slow_query', threshold: 1000, last_value: 182, enabled: false }),
]
const delivery = (channel, what, status, attempts = 1, error = null) => ({ channel, what, status, attempts, error, delivered_at: status === 'delivered' ? at(3) : null })
const firing = (of, minutes, lasted, worst, summary, deliveries, muted = false) => ({
  id: newId(), alert_id: of.id, name: of.name, kind: of.kind, state: lasted === null ? 'firing' : 'resolved', fired_at: at(minutes),
  resolved_at: lasted === null ? null : at(minutes - lasted), threshold: of.threshold, value: worst, worst, summary, muted, deliveries,
})
const firings = [
  firing(rules[0], 4, null, 12.4, '12.4 % of 161 outcomes failed within 5 min (limit 5 %)', [delivery('webhook', 'fired', 'waiting', 3, 'the webhook answered HTTP 503'), delivery('email', 'fired', 'delivered')]),
  firing(rules[1], 190, 44, 7.82, '$7.8200 spent on models within 1 h (limit $5)', [delivery('email', 'fired', 'delivered'), delivery('email', 'resolved', 'delivered')]),
  firing(rules[3], 1500, 6, 4, '4 matching events within 5 min (at least 3)', [], true),
]

const routes = [['POST', '/my/chat/{chat_id}/message/', 412, 3, 180, 940, 2100], ['POST', '/hooks/{app}', 18204, 0, 1.2, 4.8, 11.3], ['GET', '/events', 3310, 0, 3.1, 14, 31], ['GET', '/my/chat', 921, 0, 2.2, 6.1, 9.4], ['GET', '/api/v1/admin/performance', 240, 1, 2.9, 5.2, 8.8]]
const report = () => ({
  version: '0.1.0', window_seconds: 3600,
  system: { cpu_percent: 20 + Math.random() * 30, rss_bytes: 182e6 + Math.random() * 8e6, open_files: 64, threads: 11, loop_lag_p50_ms: 0.4, loop_lag_p99_ms: 2 + Math.random() * 6, uptime_seconds: 286_421 },
  load: { log_queue: 3, run_queue: 1, stream_connections: 42, events_ingested: 1_204_311, events_dropped: 0, projector_lag: 12 },
  routes: routes.map(([method, route, count, errors, p50_ms, p95_ms, p99_ms]) => ({ method, route, count, errors, p50_ms, p95_ms, p99_ms })),
  slow_queries: [{ statement: 'SELECT events.seq, events.id, events.data FROM events WHERE events.owner_id = ? AND events.session_id = ? AND events.seq > ? ORDER BY events.seq DESC LIMIT ?', count: 4, max_ms: 318.2, mean_ms: 181.7, last_at: at(12) }, { statement: 'log append', count: 2, max_ms: 121, mean_ms: 114.5, last_at: at(31) }],
  caches: [{ name: 'values', hits: 41_022, misses: 931, size: 122 }],
  engines: [{ name: 'postgresql', ok: true, latency_ms: 0.81, error: null }, { name: 'log', ok: true, latency_ms: 0.42, error: null }, { name: 'cache', ok: false, latency_ms: 5000, error: 'TimeoutError' }, { name: 'blobs', ok: true, latency_ms: 0.22, error: null }],
})

/** `[status, body]`, or undefined when the path is not about alerts. */
export function alertRoutes({ method, path, query, body }) {
  if (path === '/api/v1/admin/performance') return [200, report()]
  if (path === '/my/alerts/firings') return [200, { items: firings.filter((item) => !query.get('alert_id') || item.alert_id === query.get('alert_id')), next_cursor: null }]
  if (path === '/my/alerts' && method === 'GET') return [200, { items: rules, next_cursor: null }]
  if (path === '/my/alerts') { const made = rule({ ...body, created_at: at(0) }); rules.push(made); return [201, { ...made, webhook_secret: body.webhook_url ? 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' : null }] }
  const [, id, door] = /^\/my\/alerts\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
  const found = rules.find((item) => item.id === id)
  if (!found) return undefined
  if (door === 'test') return [200, { deliveries: [delivery('webhook', 'test', 'delivered')] }]
  if (door === 'secret') return [200, { webhook_secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }]
  if (door === 'mute') found.muted_until = body.seconds ? new Date(Date.now() + body.seconds * 1000).toISOString() : null
  if (method === 'DELETE') { rules.splice(rules.indexOf(found), 1); return [204] }
  if (method === 'PATCH') Object.assign(found, body)
  return [200, found]
}
