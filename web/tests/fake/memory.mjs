/** The doors of memory and graph, as the server has them: enough to draw and drive the Memory screen. */
import { iso, newId } from './team.mjs'

const page = (items, next_cursor = null) => [200, { items, next_cursor }]
const missing = () => [404, { type: '/problems/not-found', title: 'Not found', status: 404, detail: 'There is no such thing here.' }]
const ago = (minutes) => iso(Date.now() - minutes * 60_000)

const memory = (kind, text, change = {}) => ({
  id: newId(), kind, text, agent: null, shared: true, source: { type: 'person' }, document_id: null, language: 'en', tags: [], confidence: null, importance: 0.5, repeats: 0, valid_from: null, valid_until: null,
  uses: 0, used_at: null, created_at: ago(90), updated_at: ago(90), version: 1, content: 'text', workspace: null, author: null, metadata: {}, indexed: true, error: null, ...change,
})

const manual = { id: newId(), name: 'handbook/deployment.md', type: 'markdown', bytes: 48_213, chunks: 34, status: 'done', error: null, source: { type: 'file', name: 'handbook/deployment.md' }, tags: ['handbook'], created_at: ago(240), author: null }
const documents = () => [
  manual,
  { ...manual, id: newId(), name: 'contrato-fornecedor-2026.pdf', type: 'pdf', bytes: 1_204_113, chunks: 112, source: { type: 'file', name: 'contrato-fornecedor-2026.pdf' }, tags: ['contracts', 'pt'], created_at: ago(2900) },
  { ...manual, id: newId(), name: 'Архитектура очередей.docx', type: 'docx', bytes: 88_020, chunks: 41, tags: [], created_at: ago(9100) },
  { ...manual, id: newId(), name: 'src/broker/lease.py', type: 'code', bytes: 6411, chunks: 9, source: { type: 'repository', name: 'broker' }, tags: ['code'], created_at: ago(30_000) },
  { ...manual, id: newId(), name: 'Postgres: explicit locking', type: 'html', bytes: 71_990, chunks: 27, source: { type: 'url', url: 'https://www.postgresql.org/docs/current/explicit-locking.html' }, tags: [], created_at: ago(41_000) },
]

const memories = (chat) => [
  memory('fact', 'Releases go out on Thursdays at 14:00; the freeze begins on Wednesday evening.', { tags: ['team', 'releases'], importance: 0.8, uses: 14, source: { type: 'chat', name: 'Release planning', session_id: chat.id }, agent: 'orchestrator', confidence: 0.92 }),
  memory('fact', 'The staging server is called heron and runs in Frankfurt.', { tags: ['infra'], uses: 3 }),
  memory('fact', 'Ana prefers answers in Portuguese, with tables rather than long lists.', { agent: 'universal', shared: false, confidence: 0.7, created_at: ago(4000), updated_at: ago(4000) }),
  memory('fact', 'O contrato com o fornecedor termina a 31 de janeiro de 2027.', { language: 'pt', valid_until: '2027-01-31T23:59:59Z', tags: ['contracts'], source: { type: 'file', name: 'contrato-fornecedor-2026.pdf', page: 7 } }),
  memory('fact', 'Выпуски публикует Марина, запасной человек — Илья.', { language: 'ru', tags: ['team', 'releases'], indexed: false }),
  memory('interaction', 'Asked which queue library suits the worker; the benchmark said taskiq starts jobs soonest, dramatiq holds its throughput with 64 kB messages. Chosen: taskiq.', { agent: 'coder', source: { type: 'chat', name: 'Compare three queue libraries', session_id: chat.id }, uses: 6 }),
  memory('interaction', 'Asked why CI is slow since Tuesday; the cause was a cache key that changed with every commit. Mended in the workflow file.', { agent: 'tester', source: { type: 'chat', name: 'Why is CI slow since Tuesday?', session_id: chat.id } }),
  memory('document', 'Leases\n\nA worker takes a job by writing a lease with a fencing number. Releases of a lease are idempotent: a second release of the same number changes nothing, and a late release of an older one is refused.', { document_id: manual.id, source: { type: 'file', name: manual.name, chunk: 12, line: 218 }, tags: ['handbook'] }),
  memory('document', 'Rolling out. Each release is rolled out to heron first. When its error rate stays under 0.1 % for ten minutes, the rest follows in two waves.', { document_id: manual.id, source: { type: 'file', name: manual.name, chunk: 13, line: 240 }, tags: ['handbook'] }),
]

const marina = { id: newId(), name: 'Marina Sokolova' }
const ilya = { id: newId(), name: 'Ilya Petrov' }
/** What the members of a workspace share. */
const sharedMemories = (workspace) => [
  memory('fact', 'The benchmark machine is free on Mondays; book it in the calendar “bench”.', { workspace, author: marina, tags: ['bench'], uses: 9 }),
  memory('fact', 'Вывод о taskiq подтверждён на трёх машинах.', { workspace, author: ilya, language: 'ru', confidence: 0.8 }),
  memory('fact', 'Releases of the harness are tagged by whoever merges, on the same day.', { workspace, author: marina, tags: ['releases'], importance: 0.8 }),
  memory('document', 'Releases. A release of the harness is a tag on main; the report is made from it.', { workspace, author: ilya, document_id: manual.id, source: { type: 'file', name: 'harness/README.md', chunk: 3, line: 41 } }),
]

const file = (name, status, change = {}) => ({ id: newId(), document_id: status === 'done' ? manual.id : null, name, type: 'markdown', bytes: 21_400, status, error: null, chunks: 0, indexed: 0, ...change })
const jobs = () => [
  { id: newId(), status: 'running', progress: 0.46, files_total: 5, files_failed: 1, created_at: ago(1), ended_at: null, source: { type: 'file' }, skipped: 0, files: [
    file('notes/onboarding.md', 'done', { chunks: 12, indexed: 12 }), file('notes/architecture.md', 'indexing', { chunks: 64, indexed: 29 }), file('notes/diagram.pdf', 'reading', { bytes: 2_100_400 }), file('notes/todo.md', 'waiting'),
    file('notes/salaries.xlsx.pdf', 'failed', { error: { code: 'encrypted', detail: 'The file is locked with a password.' } }),
  ] },
  { id: newId(), status: 'done', progress: 1, files_total: 2, files_failed: 1, created_at: ago(240), ended_at: ago(239), source: { type: 'file' }, skipped: 1, files: [file(manual.name, 'done', { chunks: 34, indexed: 34 }), file('handbook/old.zip', 'failed', { error: { code: 'bomb', detail: 'It would unfold to 4.5 GB.' } })] },
]

/** A graph of so many nodes that looks like a team's: a few hubs, many leaves, groups that hang together. */
export function graphOf(count) {
  const kinds = ['Concept', 'Memory', 'Document', 'Session', 'File', 'Tool', 'Artifact', 'Agent']
  const words = ['release', 'lease', 'worker', 'queue', 'invoice', 'schema', 'heron', 'cache', 'token', 'contract', 'broker', 'index', 'embedder', 'migration', 'budget', 'onboarding']
  const types = { Concept: 'RELATES_TO', Memory: 'MENTIONS', Document: 'CONTAINS', Session: 'HAS_SESSION', File: 'PART_OF', Tool: 'USED_TOOL', Artifact: 'GENERATED_BY', Agent: 'CREATED' }
  let seed = 7
  const random = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648 }
  const nodes = [{ id: 'user', kind: 'User', name: 'Ana Moreira', props: {}, degree: 0 }]
  const edges = new Map()
  const link = (source, target, type) => { if (source === target) return; edges.set(`${source.id} ${target.id} ${type}`, { source: source.id, target: target.id, type, weight: 1 + Math.round(random() * 30) / 10, props: {} }); source.degree++; target.degree++ }
  const groups = Math.max(1, Math.round(Math.sqrt(count) / 2.2))
  const hubs = []
  for (let index = 1; index < count; index++) {
    const kind = index <= groups ? 'Concept' : kinds[Math.floor(random() ** 1.7 * kinds.length)]
    const name = index <= groups ? `${words[index % words.length]} ${words[(index * 7) % words.length]}` : `${words[Math.floor(random() * words.length)]} ${kind.toLowerCase()} ${index}`
    const node = { id: `${kind.toLowerCase()}:${index}`, kind, name, props: { first_seen: ago(index).slice(0, 10), mentions: Math.floor(random() * 40) }, degree: 0 }
    nodes.push(node)
    if (index <= groups) { hubs.push(node); link(nodes[0], node, 'INTERESTED_IN'); continue }
    const hub = hubs[index % groups]
    link(node, hub, types[kind])
    if (random() < 0.5) link(node, nodes[groups + 1 + Math.floor(random() * Math.max(1, index - groups - 1))] ?? hub, 'RELATED_TO')
    if (random() < 0.05) link(node, hubs[Math.floor(random() * groups)], 'DEPENDS_ON')
  }
  return { nodes, edges: [...edges.values()] }
}

export class MemoryDoors {
  constructor(team, chats) {
    this.team = team
    this.memories = memories(chats.show)
    this.documents = documents()
    this.jobs = jobs()
    this.graph = graphOf(160)
    this.settings = { embedder: 'auto', remember: true, extract: 'auto', max_memories: 100_000, keep_interactions_days: 365, version: 1 }
    this.reindex = null
    this.shared = new Map()
    this.workspace = null
  }

  /** The memory of a workspace. */
  inside(workspace) {
    if (!this.shared.has(workspace)) {
      const made = new MemoryDoors(this.team, { show: { id: newId() } })
      Object.assign(made, { memories: sharedMemories(workspace), documents: documents().slice(0, 2).map((item) => ({ ...item, author: marina })), jobs: [] })
      this.shared.set(workspace, made)
    }
    return this.shared.get(workspace)
  }

  emptied() { Object.assign(this, { memories: [], documents: [], jobs: [], graph: { nodes: [], edges: [] } }) }

  answer({ method, path, query, body }) {
    const [, root, area, id, door, act] = path.split('/')
    if (root !== 'my') return null
    if (area === 'graph') return this.ofGraph(method, id, path, query)
    if (area !== 'memory') return null
    const workspace = query.get('workspace') ?? body?.workspace
    if (workspace) { query.delete('workspace'); return this.inside(workspace).answer({ method, path, query, body: body && { ...body, workspace: undefined } }) }
    if (id === 'search') return [200, this.search(body)]
    if (id === 'stats') return [200, this.stats()]
    if (id === 'settings') { if (method === 'PUT') { if (body.embedder && body.embedder !== this.settings.embedder) this.reindex = { from: 'multilingual-e5-small', to: body.embedder, done: 2140, total: 5212 }; Object.assign(this.settings, body) } return [200, this.settings] }
    if (id === 'embedders') return [200, { items: [{ id: 'local', model: 'multilingual-e5-small', dimensions: 384, local: true, provider: null, available: true, note: null, is_active: true }, { id: 'ngrams', model: 'hashed n-grams', dimensions: 512, local: true, provider: null, available: true, note: 'finds by words only', is_active: false }, { id: 'openai/text-embedding-3-small', model: 'text-embedding-3-small', dimensions: null, local: false, provider: 'openai', available: true, note: null, is_active: false }] }]
    if (id === 'forget') return this.forget(body)
    if (id === 'consolidate') return [200, { looked_at: 212, merged: 3 }]
    if (id === 'export') return [200, this.memories.map((item) => JSON.stringify(item)).join('\n')]
    if (id === 'import') return [200, { imported: 4, skipped: 1, failed: 0, errors: [] }]
    if (id === 'ingest') return this.ingest(body)
    if (id === 'jobs') return this.ofJobs(door, act)
    if (id === 'documents') return this.ofDocuments(method, door)
    return this.ofMemories(method, id, query, body)
  }

  ofMemories(method, id, query, body) {
    if (!id && method === 'POST') { const made = memory(body.kind ?? 'fact', body.text, { ...body, created_at: ago(0), updated_at: ago(0) }); this.memories.unshift(made); return [201, made] }
    if (!id) return page(this.memories.filter((item) => (!query.get('kind') || item.kind === query.get('kind')) && (!query.get('agent') || item.agent === query.get('agent')) && (!query.get('q') || item.text.toLowerCase().includes(query.get('q').toLowerCase()))))
    const found = this.memories.find((item) => item.id === id)
    if (!found) return missing()
    if (method === 'DELETE') { this.memories.splice(this.memories.indexOf(found), 1); return [204] }
    if (method === 'PATCH') Object.assign(found, body, { version: found.version + 1, updated_at: ago(0) })
    return [200, found, { etag: `"${found.version}"` }]
  }

  search({ query, workspaces = false, kinds, agents, mode = 'hybrid', limit = 20 }) {
    const terms = query.toLowerCase().split(/\s+/).filter((word) => word.length > 2)
    const among = workspaces ? [...this.memories, ...sharedMemories(this.workspace)] : this.memories
    const items = among.filter((item) => (!kinds || kinds.includes(item.kind)) && (!agents || agents.includes(item.agent)))
      .map((item) => ({ item, found: terms.filter((term) => item.text.toLowerCase().includes(term.slice(0, 6))) }))
      .sort((a, b) => b.found.length - a.found.length || b.item.uses - a.item.uses).filter(({ found }, index) => found.length > 0 || index < 4).slice(0, limit)
    return {
      embedder: 'multilingual-e5-small', mode, took_ms: 6.4,
      items: items.map(({ item, found }, index) => ({
        memory: item, score: 0.0325 - index * 0.0032,
        why: {
          dense: mode === 'sparse' ? null : { rank: index + 1, score: 0.871 - index * 0.021 }, sparse: mode === 'dense' || found.length === 0 ? null : { rank: index + 2, score: 7.42 - index, terms: found.map((term) => term.slice(0, 6)) },
          graph: index === 2 ? { path: ['Release planning', 'MENTIONS', 'heron', 'RELATES_TO', 'rolling out'], weight: 0.42 } : null, rerank: null,
          text: found.length === 0 ? 'Found because it means nearly the same as the question; no word of it is in the text.' : `Found because it is close in meaning (place ${index + 1}) and holds ${found.map((term) => `“${term}”`).join(', ')}.`,
        },
      })),
    }
  }

  stats() {
    const counts = { interaction: 0, document: 0, fact: 0 }
    for (const { kind } of this.memories) counts[kind]++
    counts.document += this.documents.reduce((sum, { chunks }) => sum + chunks, 0)
    return { counts, pending: this.reindex || counts.fact === 0 ? 0 : 1, failed: 0, embedder: { id: 'local', model: 'multilingual-e5-small', dimensions: 384, local: true }, reindex: this.reindex, collections: [{ name: 'text-e5-small-384', points: 231 }, { name: 'code-e5-small-384', points: 9 }], caps: { max_memories: this.settings.max_memories, keep_interactions_days: this.settings.keep_interactions_days } }
  }

  forget(body) {
    const words = (body.query ?? '').toLowerCase().split(/\s+/).filter(Boolean)
    const found = this.memories.filter((item) => (body.ids ? body.ids.includes(item.id) : words.some((word) => item.text.toLowerCase().includes(word))))
    if (!body.dry_run) this.memories = this.memories.filter((item) => !found.includes(item))
    return [200, { forgotten: found.length, ids: found.map(({ id }) => id), items: found.slice(0, 20) }]
  }

  ingest(body) {
    const job = { id: newId(), status: 'queued', progress: 0, files_total: 1, files_failed: 0, created_at: ago(0), ended_at: null, source: { type: 'file' }, skipped: 0, files: [file(body?.name ?? body?.url ?? 'dropped.md', 'waiting')] }
    this.jobs.unshift(job)
    const steps = [{ status: 'reading' }, { status: 'indexing', chunks: 8, indexed: 3 }, { status: 'done', chunks: 8, indexed: 8, document_id: manual.id }]
    steps.forEach((step, index) => setTimeout(() => {
      Object.assign(job, { status: step.status === 'done' ? 'done' : 'running', progress: (index + 1) / 3, ended_at: step.status === 'done' ? ago(0) : null, files: [{ ...job.files[0], ...step }] })
      this.team.emit({ id: null }, 'memory_job', { job: structuredClone(job) })
    }, 250 * (index + 1)))
    return [202, structuredClone(job)]
  }

  ofJobs(id, act) {
    if (!id) return page(this.jobs)
    const found = this.jobs.find((item) => item.id === id)
    if (!found) return missing()
    if (act === 'cancel') Object.assign(found, { status: 'cancelled', ended_at: ago(0) })
    if (act === 'retry') Object.assign(found, { status: 'running', ended_at: null })
    return [200, found]
  }

  ofDocuments(method, id) {
    if (!id) return page(this.documents)
    const found = this.documents.find((item) => item.id === id)
    if (!found) return missing()
    if (method === 'DELETE') { this.documents.splice(this.documents.indexOf(found), 1); return [204] }
    const chunks = this.memories.filter(({ kind }) => kind === 'document')
    return [200, { ...found, chunks_total: found.chunks, chunks: { items: [...chunks, ...chunks].map((item, index) => ({ ...item, id: newId(), source: { ...item.source, chunk: index + 1, page: 1 + Math.floor(index / 2) } })), next_cursor: null } }]
  }

  ofGraph(method, area, path, query) {
    const { nodes, edges } = this.graph
    const within = (ids) => edges.filter(({ source, target }) => ids.has(source) && ids.has(target))
    const answer = (found, extra = {}) => { const ids = new Set(found.map(({ id }) => id)); return [200, { nodes: found, edges: within(ids), truncated: found.length < nodes.length, ...extra }] }
    const count = (items, name) => items.reduce((all, item) => ({ ...all, [item[name]]: (all[item[name]] ?? 0) + 1 }), {})
    if (area === 'stats') return [200, { nodes: nodes.length, edges: edges.length, kinds: count(nodes, 'kind'), types: count(edges, 'type'), engine: 'sql' }]
    if (area === 'subgraph') return answer([...nodes].sort((a, b) => b.degree - a.degree).slice(0, Number(query.get('limit') ?? 200)))
    if (area === 'neighbours') { const near = new Set([query.get('id'), ...edges.flatMap(({ source, target }) => (source === query.get('id') ? [target] : target === query.get('id') ? [source] : []))]); return answer(nodes.filter(({ id }) => near.has(id))) }
    if (area === 'path') return this.path(query.get('from'), query.get('to'))
    const id = decodeURIComponent(path.split('/').slice(4).join('/'))
    if (area === 'nodes' && id === '') return page(nodes.filter(({ name, kind }) => (!query.get('q') || name.toLowerCase().includes(query.get('q').toLowerCase())) && (!query.get('kind') || kind === query.get('kind'))).slice(0, Number(query.get('limit') ?? 50)))
    if (method === 'DELETE') { this.graph = { nodes: nodes.filter((node) => node.id !== id), edges: edges.filter(({ source, target }) => source !== id && target !== id) }; return [204] }
    return missing()
  }

  path(from, to) {
    const { nodes, edges } = this.graph
    const before = new Map([[from, null]])
    const queue = [from]
    while (queue.length > 0 && !before.has(to)) {
      const here = queue.shift()
      for (const { source, target } of edges) { const next = source === here ? target : target === here ? source : null; if (next && !before.has(next)) { before.set(next, here); queue.push(next) } }
    }
    if (!before.has(to)) return [404, { title: 'Not found', status: 404, detail: 'There is no path.' }]
    const ids = []
    for (let at = to; at; at = before.get(at)) ids.unshift(at)
    return [200, { nodes: ids.map((id) => nodes.find((node) => node.id === id)), edges: edges.filter(({ source, target }) => ids.some((id, index) => (source === id && target === ids[index + 1]) || (target === id && source === ids[index + 1]))), truncated: false }]
  }
}
