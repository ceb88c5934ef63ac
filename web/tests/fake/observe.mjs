/** The doors of watching, over made-up sessions: pages, sums, spans and a stream that goes on. */
import { compare, fold } from './observe.fold.mjs'
import { history, Play, random, uuid } from './observe.data.mjs'

const hour_ms = 3_600_000
const problem = (status, title) => [status, { title, status, detail: title }]
const many = (query, name) => query.getAll(name)
const fits = (type, wanted) => (wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted)
const moment = (text) => (text === null ? null : /^\d+$/.test(text) ? Number(text) : Date.parse(text))

export class Observed {
  events = []
  byId = new Map()
  sessions = new Map()
  views = []
  modes = new Map()
  listeners = new Set()
  plays = []
  rand = random(7)

  constructor(count = 2500, now = Date.now(), seq = 100) {
    this.seq = seq
    if (count > 0) for (const event of history(count, now)) this.add(event)
  }

  add(event) {
    const stored = { seq: ++this.seq, id: uuid(`event ${this.seq}`), ...event }
    this.events.push(stored)
    this.byId.set(stored.id, stored)
    const key = `${event.source}/${event.session_id}`
    if (!this.sessions.has(key)) this.sessions.set(key, [])
    this.sessions.get(key).push(stored)
    return stored
  }

  /** Plays new sessions at `rate` events a second; `stop` ends it. */
  run(rate, lanes = 6) {
    let due = 0
    let last = Date.now()
    const timer = setInterval(() => {
      const now = Date.now()
      due += ((now - last) / 1000) * rate
      last = now
      for (; due >= 1; due--) this.tell(this.step(lanes, now))
    }, 15)
    return () => clearInterval(timer)
  }

  step(lanes, now) {
    while (this.plays.length < lanes) this.plays.push(new Play({ index: 5000 + Math.floor(this.rand() * 1e6), start: now, rand: this.rand }))
    const index = Math.floor(this.rand() * this.plays.length)
    const event = this.plays[index].next()
    if (event) return this.add({ ...event, ts: now })
    this.plays.splice(index, 1)
    return this.step(lanes, now)
  }

  tell(event) {
    for (const { socket, filters } of this.listeners) {
      const passes = (!filters.source_apps?.length || filters.source_apps.includes(event.source)) && (!filters.session_ids?.length || filters.session_ids.includes(event.session_id))
        && (!filters.agents?.length || filters.agents.includes(event.agent)) && (!filters.event_types?.length || filters.event_types.some((type) => fits(event.type, type)))
      if (passes) socket.send(JSON.stringify({ type: 'event', payload: event, timestamp: event.ts }))
    }
  }

  matching(query) {
    const [sources, types, agents] = ['source_app', 'type', 'agent'].map((name) => many(query, name))
    const [from, to, session, run] = [moment(query.get('from')), moment(query.get('to')), query.get('session_id'), query.get('run_id')]
    const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean)
    if (!sources.length && !types.length && !agents.length && from === null && to === null && !session && !run && !words.length) return this.events
    return this.events.filter((event) => (!sources.length || sources.includes(event.source)) && (!types.length || types.some((type) => fits(event.type, type)))
      && (!agents.length || agents.includes(event.agent)) && (from === null || event.ts >= from) && (to === null || event.ts <= to) && (!session || event.session_id === session) && (!run || event.run_id === run)
      && (!words.length || words.every((word) => JSON.stringify(event.data).toLowerCase().includes(word))))
  }

  page(query) {
    const limit = Number(query.get('limit') ?? 100)
    const isAsc = query.get('order') === 'asc'
    const after = query.get('cursor') === null ? null : Number(query.get('cursor'))
    const found = this.matching(query)
    const rest = after === null ? found : found.filter(({ seq }) => (isAsc ? seq > after : seq < after))
    const items = isAsc ? rest.slice(0, limit) : rest.slice(-limit).reverse()
    const lean = ({ data: { body: _, ...data }, ...event }) => ({ ...event, data })
    return { items: query.get('lean') === 'true' ? items.map(lean) : items, next_cursor: rest.length > limit ? String(items.at(-1).seq) : null }
  }

  folded(key) {
    const events = this.sessions.get(key)
    return events && fold(events, Date.now())
  }

  sessionPage(query) {
    const q = (query.get('q') ?? '').toLowerCase()
    const [from, to] = [moment(query.get('from')), moment(query.get('to'))]
    const keys = [...this.sessions.keys()].filter((key) => { const last = this.sessions.get(key).at(-1); return (!query.getAll('source_app').length || query.getAll('source_app').includes(last.source)) && (from === null || last.ts >= from) && (to === null || last.ts <= to) })
    keys.sort((a, b) => this.sessions.get(b).at(-1).ts - this.sessions.get(a).at(-1).ts)
    const all = keys.slice(0, 400).map((key) => this.folded(key).session)
      .filter((session) => (!query.get('status') || session.status === query.get('status')) && (!query.get('project') || session.project.includes(query.get('project'))) && (!q || `${session.title} ${session.last_summary}`.toLowerCase().includes(q)))
    const start = Number(query.get('cursor') ?? 0)
    const limit = Number(query.get('limit') ?? 50)
    return { items: all.slice(start, start + limit), next_cursor: start + limit < all.length ? String(start + limit) : null }
  }

  series(query) {
    const interval = { '1m': 60_000, '3m': 180_000, '5m': 300_000, '15m': 900_000, '1h': hour_ms }[query.get('interval')]
    const [from, to] = [moment(query.get('from')), moment(query.get('to'))]
    const group = query.get('group_by') ?? 'none'
    const series = new Map()
    for (const event of this.matching(query)) {
      if (event.ts < from || event.ts > to) continue
      const key = group === 'none' ? '' : event[group]
      const t = Math.floor(event.ts / interval) * interval
      if (!series.has(key)) series.set(key, new Map())
      const points = series.get(key)
      const point = points.get(t) ?? { t, count: 0, errors: 0, tokens: 0, cost_usd: 0, p50_ms: null, p95_ms: null }
      const { input_tokens: input = 0, output_tokens: output = 0, cost_usd: cost = 0, duration_ms: took = null } = event.data
      Object.assign(point, { count: point.count + 1, errors: point.errors + (event.type.endsWith('Failure') ? 1 : 0), tokens: point.tokens + input + output, cost_usd: point.cost_usd + Number(cost), p95_ms: took === null ? point.p95_ms : Math.max(point.p95_ms ?? 0, took) })
      points.set(t, point)
    }
    return { interval_ms: interval, from, to, series: [...series].map(([key, points]) => ({ key, points: [...points.values()] })) }
  }

  costs(query) {
    const [from, to] = [moment(query.get('from')), moment(query.get('to'))]
    const rows = new Map()
    for (const event of this.events) {
      if (event.type !== 'usage' || event.ts < from || event.ts > to) continue
      const opening = this.sessions.get(`${event.source}/${event.session_id}`).find(({ type }) => type === 'hook.UserPromptSubmit')
      const [key, label] = {
        agent: [event.agent, event.agent], session: [`${event.source}/${event.session_id}`, opening?.data.summary ?? event.session_id], project: [opening?.data.project ?? '', opening?.data.project ?? ''],
        model: [event.data.model, event.data.model], source: [event.source, event.source], day: [new Date(event.ts).toISOString().slice(0, 10), new Date(event.ts).toISOString().slice(0, 10)],
      }[query.get('group_by')]
      const row = rows.get(key) ?? { key, label, calls: 0, input_tokens: 0, output_tokens: 0, cached_tokens: 0, cost_usd: 0 }
      row.calls++
      for (const name of ['input_tokens', 'output_tokens', 'cached_tokens']) row[name] += event.data[name]
      row.cost_usd += Number(event.data.cost_usd)
      rows.set(key, row)
    }
    return { items: [...rows.values()].sort((a, b) => b.cost_usd - a.cost_usd).slice(0, 200) }
  }

  sources(keys) {
    const apps = new Map()
    for (const event of this.events) apps.set(event.source, { events: (apps.get(event.source)?.events ?? 0) + 1, last: event.ts })
    return { items: [...apps].map(([app, { events, last }]) => ({ app, events, last_seen_at: new Date(last).toISOString(), keys: keys.filter((key) => key.app === app).length, mode: 'observe', route_permissions: false, ...this.modes.get(app) })) }
  }

  /** Answers a request for one of these doors, or nothing. */
  answer({ method, path, query, body, keys }) {
    const parts = path.split('/').filter(Boolean).map(decodeURIComponent)
    const [root, second, third, fourth] = parts
    if (root === 'events') {
      if (!second) return [200, this.page(query)]
      if (second === 'count') return [200, { count: this.matching(query).length, exact: true }]
      const event = this.byId.get(second)
      return event ? [200, event] : problem(404, 'Not found')
    }
    if (root === 'sessions' && !second) return [200, this.sessionPage(query)]
    if (root === 'sessions' && second === 'compare') return [200, compare(this.folded(query.get('left')), this.folded(query.get('right')))]
    if (root === 'sessions') {
      const folded = this.folded(`${second}/${third}`)
      if (!folded) return problem(404, 'Not found')
      return [200, fourth === 'spans' ? { items: folded.spans } : folded.session]
    }
    if (root === 'aggregations') return [200, { items: this.folded(`${query.get('source_app')}/${query.get('session_id')}`)?.lanes ?? [], next_cursor: null }]
    if (root === 'metrics' && second === 'series') return [200, this.series(query)]
    if (root === 'costs') return [200, this.costs(query)]
    if (root === 'my' && second === 'sources') return this.sourceDoor(method, third, body, keys)
    if (root === 'my' && second === 'views') return this.viewDoor(method, third, body)
    return undefined
  }

  sourceDoor(method, app, body, keys) {
    if (method === 'PUT') this.modes.set(app, body)
    const list = this.sources(keys)
    return [200, app ? list.items.find((item) => item.app === app) : list]
  }

  viewDoor(method, id, body) {
    if (method === 'GET') return [200, { items: this.views, next_cursor: null }]
    const at = this.views.findIndex((view) => view.id === id)
    if (method === 'DELETE') { this.views.splice(at, 1); return [204] }
    const now = new Date().toISOString()
    const view = { id: uuid(`view ${now}`), created_at: now, ...this.views[at], ...body, updated_at: now }
    if (at >= 0) this.views[at] = view
    else this.views.push(view)
    return [at >= 0 ? 200 : 201, view]
  }
}
