/** The doors of workspaces, sandboxes and terminals, as the server has them: enough to draw and drive the Workspace screen. */
import { iso, newId } from './team.mjs'

const ago = (minutes) => iso(Date.now() - minutes * 60_000)
const missing = () => [404, { type: '/problems/not-found', title: 'Not found', status: 404, detail: 'There is no such thing here.' }]
const nameOf = (path) => path.slice(path.lastIndexOf('/') + 1)
const folderOf = (path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))

const queues = `"""Runs the same load through three queue libraries."""
from __future__ import annotations

import asyncio
from time import perf_counter_ns

from report import table


async def run(lib, n: int, size: int) -> list[int]:
    """Enqueues \`n\` jobs of \`size\` bytes; gives the nanoseconds until each began."""
    payload = b"x" * size
    await lib.warm_up(200)
    start = perf_counter_ns()
    await asyncio.gather(*(lib.enqueue(payload) for _ in range(n)))
    return [began - start for began in lib.began]


def report(rows):
    rows.sort(key=lambda row: row.p99_ms)
    return table(rows)
`
const texts = {
  'README.md': '# Queues\n\nWhich queue library starts jobs soonest?\n\n- `bench/queues.py` runs them all\n- `tests/` holds what we keep\n',
  'pyproject.toml': '[project]\nname = "queues"\nversion = "0.2.0"\ndependencies = ["arq", "dramatiq", "taskiq"]\n',
  'bench/queues.py': queues,
  'bench/report.py': 'def table(rows):\n    width = max(len(row.name) for row in rows)\n    return "\\n".join(f"{row.name:<{width}} {row.p99_ms:8.1f}" for row in rows)\n',
  'bench/brokers/redis.py': 'URL = "redis://127.0.0.1:6379/0"\n',
  'tests/test_queues.py': 'from bench import queues\n\n\nasync def test_every_job_begins(lib):\n    began = await queues.run(lib, n=100, size=64)\n    assert len(began) == 100\n',
  'notes/2.md': 'second\n', 'notes/10.md': 'tenth\n', 'notes/план.md': '# План\n\n1. Измерить\n2. Сравнить\n',
  'data/results.csv': 'library,p99_ms\ntaskiq,1.6\narq,3.0\ndramatiq,4.1\n',
  '.gitignore': '__pycache__/\n.venv/\n',
}
const marks = { 'bench/queues.py': 'M', 'tests/test_queues.py': '?', 'README.md': 'M' }

const hunk = (id, old_start, new_start, lines) => ({ id, header: `@@ -${old_start} +${new_start} @@`, old_start, new_start, old_lines: lines.filter((line) => !line.startsWith('+')).length, new_lines: lines.filter((line) => !line.startsWith('-')).length, lines })
const hunks = () => [
  hunk('h1', 11, 11, [' ', ' async def run(lib, n: int, size: int) -> list[int]:', '     payload = b"x" * size', '-    start = time.time()', '+    await lib.warm_up(200)', '+    start = perf_counter_ns()', '     await asyncio.gather(*(lib.enqueue(payload) for _ in range(n)))']),
  hunk('h2', 19, 20, [' def report(rows):', '-    rows.sort(key=lambda row: row.mean_ms)', '+    rows.sort(key=lambda row: row.p99_ms)', '     return table(rows)']),
]
const small = { too_large: false, old_size: 900, new_size: 940, revertible: true }
const large = { too_large: true, old_size: 9_412_000, new_size: 12_105_000, revertible: false }
const edits = () => [
  { path: 'bench/queues.py', kind: 'changed', agent: 'coder', run_id: newId(), chat_id: newId(), changed_at: ago(3), etag: 'e1', binary: false, ...small, hunks: hunks() },
  { path: 'tests/test_queues.py', kind: 'added', agent: 'tester', run_id: newId(), chat_id: null, changed_at: ago(2), etag: 'e2', binary: false, ...small, hunks: [hunk('h3', 0, 1, texts['tests/test_queues.py'].trimEnd().split('\n').map((line) => `+${line}`))] },
  { path: 'bench/old.py', kind: 'deleted', agent: 'coder', run_id: newId(), chat_id: null, changed_at: ago(3), etag: 'e3', binary: false, ...small, hunks: [hunk('h4', 1, 0, ['-import time', '-', '-print(time.time())'])] },
  { path: 'data/rounds.csv', kind: 'changed', agent: 'coder', run_id: newId(), chat_id: null, changed_at: ago(1), etag: 'e4', binary: false, ...large, hunks: [] },
]

const snapshot = (change) => ({ id: newId(), name: null, sandbox_id: newId(), size_bytes: 1_204_000, created_at: ago(300), ...change })
const sandbox = (change) => ({
  id: newId(), backend: 'bubblewrap', status: 'running', workspace_id: null, chat_id: null, metadata: {}, network: { allow: ['packages.example.org', '*.example.com'] }, created_at: ago(22), expires_at: iso(Date.now() + 640_000), ended_at: null, ended_because: null, seconds: 1322, cost_usd: '0.0004', files_only: false,
  metrics: { cpu_seconds: 41.2, cpu_percent: 63, memory_bytes: 214_000_000, memory_limit_bytes: 1_073_741_824, processes: 7, disk_bytes: 18_400_000, disk_limit_bytes: 2_000_000_000, files: 212 }, ...change,
})

const member = (full_name, role, email) => ({ user_id: newId(), email, full_name, role, since: ago(9000) })

export class WorkspaceDoors {
  constructor(team, user) {
    this.team = team
    this.user = user
    this.clock = 0
    this.files = new Map(Object.entries(texts).map(([path, text]) => [path, this.stored(Buffer.from(text))]))
    this.folders = new Set()
    const owner = { id: user.id, full_name: user.full_name }
    const made = (name, description, change = {}) => ({ id: newId(), name, description, role: 'owner', owner, settings: {}, usage: { bytes: 4_812_000, files: this.files.size, quota_bytes: 2_000_000_000 }, git: true, created_at: ago(9000), updated_at: ago(12), version: 1, ...change })
    this.workspaces = [
      made('queues', 'Which queue library starts jobs soonest: harness, tests and the report.'),
      made('Документация', 'Тексты для новой версии.', { git: false, usage: { bytes: 1_912_000_000, files: 5120, quota_bytes: 2_000_000_000 }, updated_at: ago(2600) }),
      made('invoice-parser', '', { role: 'viewer', owner: { id: newId(), full_name: 'Marina Sokolova' } }),
    ]
    this.members = [member(user.full_name, 'owner', user.email), member('Marina Sokolova', 'editor', 'marina@example.org'), member('Ilya Petrov', 'viewer', 'ilya@example.org')]
    this.members[0].user_id = user.id
    this.trash = [{ id: newId(), path: 'bench/old.py', name: 'old.py', kind: 'file', size: 33, deleted_at: ago(3), deleted_by: null, agent: 'coder' }, { id: newId(), path: 'drafts', name: 'drafts', kind: 'folder', size: 40_211, deleted_at: ago(3000), deleted_by: { id: user.id, full_name: user.full_name }, agent: null }]
    this.imports = []
    this.changes = edits()
    this.git = { is_repository: true, branch: 'warm-up', upstream: 'origin/warm-up', ahead: 1, behind: 0, head: 'a1b2c3d4', files: [{ path: 'bench/queues.py', index: '.', work_tree: 'M', from: null }, { path: 'README.md', index: 'M', work_tree: '.', from: null }, { path: 'tests/test_queues.py', index: '?', work_tree: '?', from: null }] }
    this.sandboxes = [sandbox({ workspace_id: this.workspaces[0].id }), sandbox({ status: 'paused', backend: 'container', network: { allow: [] }, seconds: 88, cost_usd: '0' })]
    this.snapshots = [snapshot({ name: 'Before the upgrade', size_bytes: 48_211_000 }), snapshot({ sandbox_id: this.sandboxes[0].id })]
    this.terminals = []
  }

  get id() { return this.workspaces[0].id }
  emptied() { this.workspaces = []; return '/workspaces' }
  stored(content) { return { content, etag: `"v${++this.clock}"`, at: iso() } }

  /** What somebody else does to a file, told as the server tells it. */
  elsewhere(path, text, by = { agent: 'coder' }) {
    this.files.set(path, this.stored(Buffer.from(text)))
    this.tell([{ path, kind: 'written', etag: this.files.get(path).etag }], by)
  }

  tell(paths, by = { user_id: this.user.id }) { this.team.emit({ id: null }, 'workspace_changed', { workspace_id: this.id, paths, truncated: false, by }) }

  entry(path) {
    const file = this.files.get(path)
    const base = { path, name: nameOf(path), modified_at: file?.at ?? iso(), mime: null, git: null, size: 0, etag: null }
    if (!file) return { ...base, kind: 'folder', git: Object.keys(marks).some((marked) => marked.startsWith(`${path}/`)) ? 'M' : null }
    return { ...base, kind: 'file', size: file.content.length, etag: file.etag, git: marks[path] ?? null }
  }

  tree(path, hidden) {
    const inside = [...this.files.keys(), ...this.folders].filter((known) => path === '' || known.startsWith(`${path}/`)).map((known) => known.slice(path === '' ? 0 : path.length + 1))
    const names = [...new Set(inside.map((rest) => rest.split('/')[0]))].filter((name) => hidden || !name.startsWith('.'))
    return [200, { entries: names.map((name) => this.entry(path === '' ? name : `${path}/${name}`)), truncated: false }]
  }

  write(path, raw, headers) {
    const known = this.files.get(path)
    const clash = headers['if-none-match'] === '*' ? known : headers['if-match'] && known?.etag !== headers['if-match']
    if (clash) return [412, { title: 'It has changed', status: 412, detail: 'Somebody saved this file since you opened it.' }, known ? { etag: known.etag } : {}]
    this.files.set(path, this.stored(raw))
    this.tell([{ path, kind: 'written', etag: this.files.get(path).etag }])
    return [known ? 200 : 201, this.entry(path), { etag: this.files.get(path).etag }]
  }

  remove(path) {
    for (const known of [...this.files.keys()]) if (known === path || known.startsWith(`${path}/`)) this.files.delete(known)
    this.folders.delete(path)
    this.trash.unshift({ id: newId(), path, name: nameOf(path), kind: 'file', size: 100, deleted_at: iso(), deleted_by: this.members[0], agent: null })
    this.tell([{ path, kind: 'deleted' }])
    return [204]
  }

  move({ from, to }) {
    for (const [path, file] of [...this.files]) if (path === from || path.startsWith(`${from}/`)) { this.files.delete(path); this.files.set(to + path.slice(from.length), file) }
    this.tell([{ path: to, kind: 'moved', from }])
    return [200, this.entry(to)]
  }

  search(query) {
    const flags = query.get('case') === 'true' ? 'g' : 'gi'
    const pattern = new RegExp(query.get('regex') === 'true' ? query.get('q') : query.get('q').replace(/[^\w\s]/g, '\\$&'), flags)
    const matches = []
    for (const [path, { content }] of this.files) content.toString().split('\n').forEach((text, index) => { for (const found of text.matchAll(pattern)) matches.push({ path, line: index + 1, column: found.index + 1, text }) })
    return [200, { matches, files_searched: this.files.size, truncated: false }]
  }

  /** An answer in bytes, or null. */
  file({ method, path, query }) {
    const found = /^\/api\/v1\/workspaces\/[^/]+\/file$/.exec(path) && method === 'GET' ? this.files.get(query.get('path')) : null
    return found ? { bytes: found.content, headers: { 'content-type': 'application/octet-stream', etag: found.etag, 'x-file-type': /\.png$/.test(query.get('path')) ? 'image/png' : 'text/plain' } } : null
  }

  answer({ method, path, query, body, raw, headers }) {
    if (path.startsWith('/my/sandbox-snapshots')) return this.ofSnapshots(method, path.split('/')[3])
    if (path.startsWith('/my/sandboxes')) return this.ofSandboxes(method, path.split('/'), body)
    if (path.startsWith('/my/terminals')) return this.ofTerminals(method, path.split('/'), body)
    if (!path.startsWith('/api/v1/workspaces')) return null
    const [, , , , id, door, ...rest] = path.split('/')
    if (!id && method === 'POST') { const made = { ...this.workspaces[0], id: newId(), ...body, description: body.description ?? '', usage: { bytes: 0, files: 0, quota_bytes: 2_000_000_000 } }; this.workspaces.push(made); return [201, made] }
    if (!id) return [200, { items: this.workspaces, next_cursor: null }]
    const workspace = this.workspaces.find((item) => item.id === id)
    if (!workspace) return missing()
    if (!door) { if (method === 'PATCH') Object.assign(workspace, body, { version: workspace.version + 1 }); if (method === 'DELETE') { this.workspaces.splice(this.workspaces.indexOf(workspace), 1); return [204] } return [200, workspace] }
    const doors = {
      tree: () => (workspace.usage.files === 0 ? [200, { entries: [], truncated: false }] : this.tree(query.get('path') ?? '', query.get('hidden') === 'true')),
      file: () => (method === 'PUT' ? this.write(query.get('path'), raw, headers) : method === 'DELETE' ? this.remove(query.get('path')) : missing()),
      folder: () => { this.folders.add(body.path); return [201, this.entry(body.path)] },
      move: () => this.move(body), search: () => this.search(query), upload: () => [201, { entries: [] }],
      copy: () => { this.files.set(body.to, this.stored(this.files.get(body.from)?.content ?? Buffer.alloc(0))); return [201, this.entry(body.to)] },
      members: () => this.ofMembers(method, rest[0], body), trash: () => this.ofTrash(method, rest),
      import: () => { const job = { id: newId(), workspace_id: id, kind: 'git', source: body.url, path: '', status: 'running', phase: 'receiving', progress: { received_bytes: 4_100_000, total_bytes: 9_800_000, files: 128 }, error: null, created_at: iso(), ended_at: null }; this.imports.unshift(job); return [202, job] },
      imports: () => [200, { items: this.imports }],
      git: () => this.ofGit(method, rest[0], query, body),
      changes: () => this.judge(rest[0], body),
    }
    return doors[door]?.() ?? missing()
  }

  ofMembers(method, user, body) {
    if (method === 'POST') this.members.push(member(body.email.split('@')[0], body.role, body.email))
    const found = this.members.find(({ user_id }) => user_id === user)
    if (method === 'PATCH') found.role = body.role
    if (method === 'DELETE') { this.members.splice(this.members.indexOf(found), 1); return [204] }
    return method === 'GET' ? [200, { items: this.members }] : [200, found ?? this.members.at(-1)]
  }

  ofTrash(method, [item]) {
    if (method === 'GET') return [200, { items: this.trash }]
    this.trash = item ? this.trash.filter(({ id }) => id !== item) : []
    return method === 'DELETE' ? [204] : [200, {}]
  }

  ofGit(method, door, query, body) {
    if (door === 'status') return [200, this.git]
    if (door === 'log') return [200, { commits: ['Measure with the monotonic clock', 'Warm up before the clock runs', 'Add dramatiq', 'Begin'].map((subject, index) => ({ id: `${index}`.repeat(40), short: `a1b2c${index}d`, author: index % 2 ? 'coder' : 'Ana Moreira', email: 'ana@example.org', at: ago(60 + index * 900), subject, body: '', refs: index === 0 ? ['warm-up'] : [] })), has_more: false }]
    if (door === 'branches') return [200, { current: 'warm-up', branches: ['main', 'warm-up'].map((name) => ({ name, remote: false, commit: 'a1b2c3d', subject: '', at: ago(60) })) }]
    if (door === 'diff') return [200, { files: [{ path: query.get('path'), from: null, kind: 'changed', binary: false, added: 3, removed: 2, hunks: hunks() }], truncated: false }]
    if (door === 'init') { this.git.is_repository = true; return [201, {}] }
    if (door === 'commit') { this.git.files = this.git.files.filter(({ index }) => '.?'.includes(index)); return [201, { id: 'f'.repeat(40), short: 'fffffff', subject: body.message }] }
    const wanted = (file) => body.paths.length === 0 || body.paths.includes(file.path)
    for (const file of this.git.files.filter(wanted)) {
      if (door === 'stage') Object.assign(file, { index: file.work_tree === '?' ? 'A' : file.work_tree === '.' ? file.index : file.work_tree, work_tree: '.' })
      if (door === 'unstage') Object.assign(file, { work_tree: file.index === 'A' ? '?' : file.index, index: file.index === 'A' ? '?' : '.' })
    }
    if (door === 'discard') this.git.files = this.git.files.filter((file) => !wanted(file))
    return [200, this.git]
  }

  judge(verdict, body) {
    if (!verdict) return [200, { files: this.changes }]
    const change = this.changes.find(({ path }) => path === body.path)
    if (!change || change.etag !== body.etag) return [412, { title: 'It has changed', status: 412, detail: 'The file moved on.' }]
    change.hunks = change.hunks.filter(({ id }) => body.hunks && !body.hunks.includes(id))
    change.etag = `${change.etag}+`
    if (change.hunks.length === 0) this.changes = this.changes.filter((item) => item !== change)
    return [200, { files: change.hunks.length === 0 ? [] : [change] }]
  }

  ofSnapshots(method, id) {
    if (method === 'DELETE') { this.snapshots = this.snapshots.filter((item) => item.id !== id); return [204] }
    return [200, { items: this.snapshots, next_cursor: null }]
  }

  ofSandboxes(method, [, , , id, door], body) {
    if (!id && method === 'POST') { const made = sandbox({ ...body, network: { allow: [] }, seconds: 0, cost_usd: '0' }); this.sandboxes.push(made); return [201, made] }
    if (!id) return [200, { items: this.sandboxes, next_cursor: null }]
    const found = this.sandboxes.find((item) => item.id === id)
    if (!found) return missing()
    if (door === 'snapshots') { const made = snapshot({ sandbox_id: id }); this.snapshots.unshift(made); return [201, made] }
    if (method === 'DELETE') { this.sandboxes.splice(this.sandboxes.indexOf(found), 1); return [204] }
    if (door === 'metrics') return [200, { ...found.metrics, cpu_percent: Math.round(40 + 50 * Math.abs(Math.sin(Date.now() / 3000))) }]
    if (door === 'pause') found.status = 'paused'
    if (door === 'resume') found.status = 'running'
    if (door === 'network') found.network = body
    return [200, found]
  }

  ofTerminals(method, [, , , id, door], body) {
    if (!id && method === 'POST') { const made = { id: newId(), sandbox_id: this.sandboxes[0].id, workspace_id: body.workspace_id, title: 'bash', rows: body.rows, cols: body.cols, created_at: iso(), status: 'running', exit_code: null, offset: 0, viewers: 0, recording: false }; made.screen = new FakeTerminal(made); this.terminals.push(made); return [201, told(made)] }
    if (!id) return [200, { items: this.terminals.map(told), next_cursor: null }]
    const found = this.terminals.find((item) => item.id === id)
    if (!found) return missing()
    if (method === 'DELETE') { this.terminals.splice(this.terminals.indexOf(found), 1); return [204] }
    if (door === 'record') found.recording = body.on
    return [200, told(found)]
  }

  /** A socket on a terminal, by the protocol of terminals; the program behind it only answers what is typed. */
  attach(socket, url) {
    const terminal = this.terminals.find(({ id }) => id === url.pathname.split('/')[3])
    if (!terminal) { socket.close(4404); return }
    terminal.screen.attach(socket, Number(url.searchParams.get('after') ?? 0))
  }
}

const told = ({ screen, ...terminal }) => ({ ...terminal, offset: screen.output.length, viewers: screen.sockets.size })

class FakeTerminal {
  constructor(terminal) {
    this.terminal = terminal
    this.output = Buffer.from('\x1b[1;32mana@queues\x1b[0m:\x1b[1;34m~\x1b[0m$ python bench/queues.py --rounds 3\r\n\x1b[90mwarming up\x1b[0m\r\ntaskiq    \x1b[32m     1.6\x1b[0m\r\narq       \x1b[33m     3.0\x1b[0m\r\ndramatiq  \x1b[31m     4.1\x1b[0m\r\n\x1b[1;32mana@queues\x1b[0m:\x1b[1;34m~\x1b[0m$ ')
    this.sockets = new Set()
  }

  attach(socket, after) {
    this.sockets.add(socket)
    const { rows, cols } = this.terminal
    socket.send(JSON.stringify({ type: 'hello', start: 0, offset: this.output.length, rows, cols, viewers: this.sockets.size, writable: this.sockets.size === 1 }))
    if (after < this.output.length) socket.send(this.output.subarray(after))
    socket.on('message', (data, isBinary) => { if (isBinary) this.print(data.toString().replaceAll('\r', '\r\n$ ')) })
    socket.on('close', () => this.sockets.delete(socket))
  }

  print(text) {
    const bytes = Buffer.from(text)
    this.output = Buffer.concat([this.output, bytes])
    for (const socket of this.sockets) socket.send(bytes)
  }
}
