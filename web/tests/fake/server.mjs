/**
 * A small, faithful fake of the server, for the client's own tests and for drawing screens without it:
 *   node tests/fake/server.mjs [port]   then open the address that it prints; any e-mail and password sign in.
 */
import { alertRoutes } from './alerts.mjs'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocketServer } from 'ws'
import { chatRoutes } from './chats.mjs'
import { Gateway } from './gateway.mjs'
import { MemoryDoors } from './memory.mjs'
import { Observed } from './observe.mjs'
import { RunDoors } from './runs.mjs'
import { seed } from './seed.mjs'
import { iso, newId, Team } from './team.mjs'
import { ToolDoors } from './tools.mjs'
import { WorkspaceDoors } from './workspaces.mjs'

const built = fileURLToPath(new URL('../../../entourage/static', import.meta.url))
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self' ws: wss:; frame-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json', '.webmanifest': 'application/manifest+json', '.png': 'image/png' }
const user = { id: newId(), email: 'ana@example.org', full_name: 'Ana Moreira', is_admin: true, created_at: iso() }

async function optional(path) {
  return existsSync(new URL(path, import.meta.url)) ? import(path) : {}
}

function readAll(req) {
  return new Promise((resolve) => {
    const pieces = []
    req.on('data', (piece) => pieces.push(piece))
    req.on('end', () => resolve(Buffer.concat(pieces)))
  })
}

function serveFile(req, res, folder, path) {
  const wanted = join(folder, normalize(path))
  const file = wanted.startsWith(folder) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(folder, 'index.html')
  if (!existsSync(file)) { res.writeHead(503).end('build the client first: npm run build'); return }
  const headers = { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache', 'content-security-policy': csp, vary: 'accept-encoding' }
  const gz = `${file}.gz`
  const zipped = (req.headers['accept-encoding'] ?? '').includes('gzip') && existsSync(gz)
  if (zipped) headers['content-encoding'] = 'gzip'
  res.writeHead(200, headers)
  createReadStream(zipped ? gz : file).pipe(res)
}

/** Starts the fake; `long` is the number of messages in its long chat, `watched` of the events to watch. */
export async function startFake({ port = 0, folder = built, long = 300, signedIn = true, watched = 0 } = {}) {
  const team = new Team()
  const admin = await optional('./admin.mjs')
  const { artifacts = [] } = await optional('./admin.artifacts.mjs')
  const refs = artifacts.map(({ id, version, title, type }) => ({ id, version, title, type }))
  const chats = seed(team, { artifacts: refs, long })
  const state = { team, chats, needs_admin: false, registration: 'open', refuse: new Set(), observed: new Observed(watched), gateway: new Gateway(), tools: new ToolDoors(team), runs: new RunDoors(team, chats, refs), memory: new MemoryDoors(team, chats), workspaces: new WorkspaceDoors(team, user) }

  const auth = (path, method, req) => {
    const door = path.split('/')[4]
    const tokens = { access_token: `fake-${newId()}`, refresh_token: null, token_type: 'bearer', expires_in: 1800, user }
    const cookies = { 'set-cookie': ['entourage_refresh=x; HttpOnly; SameSite=Strict; Path=/api/v1/auth', 'entourage_csrf=fake; SameSite=Strict; Path=/'] }
    if (door === 'setup' && method === 'GET') return [200, { needs_admin: state.needs_admin, registration: state.registration }]
    if (door === 'me') return [200, user]
    if (door === 'logout') return [204, undefined, { 'set-cookie': ['entourage_refresh=; Max-Age=0; Path=/api/v1/auth', 'entourage_csrf=; Max-Age=0; Path=/'] }]
    if (door === 'refresh' && !signedIn && !(req.headers.cookie ?? '').includes('entourage_refresh=x')) return [401, { title: 'Not signed in', status: 401 }]
    return [200, tokens, cookies]
  }

  const answer = async (req, res) => {
    const url = new URL(req.url, 'http://fake')
    const path = url.pathname.replace(/\/$/, '') || '/'
    const json = (status, body, headers = {}) => {
      const isText = typeof body === 'string'
      res.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : isText ? 'text/plain' : 'application/json', ...headers })
      res.end(body === undefined ? undefined : isText ? body : JSON.stringify(body))
    }
    if (!/^\/(api|my|v1|fake|events|sessions|aggregations|metrics|costs)(\/|$)/.test(path)) return serveFile(req, res, folder, path)
    const raw = await readAll(req)
    const isJson = (req.headers['content-type'] ?? '').includes('json')
    const body = isJson && raw.length > 0 ? JSON.parse(raw.toString()) : null
    if ([...state.refuse].some((start) => path.startsWith(start))) return json(500, { title: 'The store is busy', status: 500, detail: 'The database did not answer in time.', hint: 'Try again in a moment.' })
    if (path.startsWith('/api/v1/auth')) return json(...auth(path, req.method, req))
    if (req.method === 'POST' && path.startsWith('/v1/')) return state.gateway.play({ req, res, path, body })
    const routed = state.gateway.answer({ method: req.method, path, query: url.searchParams, body })
    if (routed) return json(...routed)
    const ran = state.runs.answer({ method: req.method, path, query: url.searchParams, body })
    if (ran) return json(...ran)
    const stored = state.workspaces.file({ method: req.method, path, query: url.searchParams })
    if (stored) { res.writeHead(200, stored.headers).end(stored.bytes); return undefined }
    const worked = state.workspaces.answer({ method: req.method, path, query: url.searchParams, body, raw, headers: req.headers })
    if (worked) return json(...worked)
    const remembered = state.memory.answer({ method: req.method, path, query: url.searchParams, body })
    if (remembered) return json(...remembered)
    const called = state.tools.answer({ method: req.method, path, query: url.searchParams, body })
    if (called) return json(...called)
    const chat = await chatRoutes(team, { method: req.method, path, query: url.searchParams, body, raw })
    if (chat) return json(...chat)
    const keys = (await optional('./admin.data.mjs')).keys ?? []
    const guarded = alertRoutes({ method: req.method, path, query: url.searchParams, body })
    if (guarded) return json(...guarded)
    const watched = state.observed.answer({ method: req.method, path, query: url.searchParams, body, keys })
    if (watched) return json(...watched)
    if (await admin.adminRoutes?.({ req, res, url, method: req.method, path, body, json, state })) return undefined
    return json(404, { title: 'Not found', status: 404, detail: path })
  }

  /** The Observe screen's own subscription; a new one takes the place of the old. */
  const watch = (socket, { id, filters }) => {
    if (socket.watcher) state.observed.listeners.delete(socket.watcher)
    socket.watcher = { socket, filters }
    state.observed.listeners.add(socket.watcher)
    socket.send(JSON.stringify({ type: 'subscribed', id, seq: filters.after ?? state.observed.seq }))
    if (filters.after !== undefined) for (const event of state.observed.events) if (event.seq > filters.after) socket.send(JSON.stringify({ type: 'event', payload: event, timestamp: event.ts }))
  }

  const server = createServer((req, res) => { answer(req, res).catch((error) => { console.error(error); res.writeHead(500).end() }) })
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'entourage.v1' })
  const shells = new WebSocketServer({ noServer: true, handleProtocols: () => 'entourage.v1' })
  server.on('upgrade', (req, socket, head) => {
    const url = new URL(req.url, 'http://fake')
    if (url.pathname === '/stream') sockets.handleUpgrade(req, socket, head, (made) => sockets.emit('connection', made, req))
    else shells.handleUpgrade(req, socket, head, (made) => state.workspaces.attach(made, url))
  })
  sockets.on('connection', (socket) => {
    const send = (frame) => socket.send(JSON.stringify(frame))
    const tell = (event) => send({ type: 'event', payload: event, timestamp: Date.now() })
    socket.on('message', (data) => {
      const frame = JSON.parse(data.toString())
      if (frame.action === 'ping') send({ type: 'pong' })
      if (frame.action !== 'subscribe') return
      if (frame.id === 'observe') { watch(socket, frame); return }
      send({ type: 'subscribed', id: frame.id, seq: team.seq })
      const { after } = frame.filters
      if (after !== undefined) team.log.filter((event) => event.seq > after).forEach(tell)
      team.listeners.add(tell)
    })
    socket.on('close', () => { team.listeners.delete(tell); if (socket.watcher) state.observed.listeners.delete(socket.watcher) })
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    ...state, state,
    /** Cuts every stream, as a restart of the server would. */
    cut: (code = 1012) => [...sockets.clients, ...shells.clients].forEach((socket) => socket.close(code)),
    close: () => { [...sockets.clients, ...shells.clients].forEach((socket) => socket.terminate()); server.closeAllConnections(); server.close() },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fake = await startFake({ port: Number(process.argv[2] ?? 8799), watched: 2500 })
  fake.state.observed.run(12)
  console.log(fake.url)
}
