import { answer, burst } from './scripts.mjs'
import { iso, newId } from './team.mjs'

const page = (items, limit, cursor) => {
  const start = Number(cursor ?? 0)
  return { items: items.slice(start, start + limit), next_cursor: start + limit < items.length ? String(start + limit) : null }
}

function messages(team, chat, query) {
  const through = query.get('through')
  const branch = team.branch(through ? { active_message_id: team.leafBelow(through) } : chat)
  const before = query.get('before')
  const end = before ? branch.findIndex(({ id }) => id === before) : branch.length
  const start = Math.max(0, end - Number(query.get('limit') ?? 100))
  return { items: branch.slice(start, end).map((message) => team.wire(message)), has_more: start > 0, seq: team.seq }
}

function post(team, chat, body) {
  const text = body.content.map((part) => part.text).join('\n')
  const files = (body.attachments ?? []).map((id) => team.attachments.get(id)).filter(Boolean)
  const parent_id = body.parent_id === undefined ? chat.active_message_id : body.parent_id
  const message = team.append(chat, { parent_id, parts: [{ type: 'text', text }, ...files.map((file) => ({ type: 'attachment', attachment_id: file.id, name: file.name, mime: file.mime, size: file.size }))] })
  team.emit(chat, 'message', { message: team.wire(message) })
  return start(team, chat, { text, agent: body.target_agent ?? 'orchestrator', model: body.model, parentId: message.id, message })
}

function start(team, chat, { message, ...options }) {
  const replyId = newId()
  const runId = newId()
  setTimeout(() => answer(team, chat, { ...options, replyId, runId }).catch((error) => console.error(error)), 60)
  return [202, { message: team.wire(message), run_id: runId, reply_id: replyId, seq: team.seq }]
}

function search(team, query) {
  const words = (query.get('q') ?? '').toLowerCase()
  const hits = []
  for (const message of team.messages.values()) {
    const text = message.parts.map((part) => part.text ?? '').join(' ')
    const at = text.toLowerCase().indexOf(words)
    if (at < 0 || hits.length >= 20 || message.is_child) continue
    const snippet = `${text.slice(Math.max(0, at - 30), at)}\uE000${text.slice(at, at + words.length)}\uE001${text.slice(at + words.length, at + 90)}`
    hits.push({ chat_id: message.chat_id, chat_title: team.chats.get(message.chat_id)?.title, message_id: message.id, snippet, created_at: message.created_at })
  }
  return { items: hits }
}

/** Answers what concerns chats, runs and decisions; null when the path is another's. */
export async function chatRoutes(team, { method, path, query, body, raw }) {
  const [, , area, id, door, sub, action] = path.split('/')
  if (area === 'runs') return runs(team, method, id, door)
  if (area === 'approvals') return approvals(team, method, id, body, query.get('status') === 'pending')
  if (area !== 'chat') return null
  if (id === 'search') return [200, search(team, query)]
  if (!id) {
    if (method === 'POST') return [201, team.addChat(body.title ?? '')]
    const all = [...team.chats.values()].sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.updated_at.localeCompare(a.updated_at))
    return [200, page(all, Number(query.get('limit') ?? 50), query.get('cursor'))]
  }
  const chat = team.chats.get(id)
  if (!chat) return [404, { type: '/problems/not-found', title: 'No such chat', status: 404, detail: 'It was deleted, or it belongs to somebody else.', hint: 'Go back to your chats.' }]
  if (door === 'messages' && action === 'regenerate') {
    const old = team.messages.get(sub)
    const asked = team.messages.get(old.parent_id)
    chat.active_message_id = asked.id
    return start(team, chat, { text: asked.parts[0].text, agent: old.agent, model: body?.model, parentId: asked.id, message: asked })
  }
  if (door === 'messages') return [200, messages(team, chat, query)]
  if (door === 'message') return post(team, chat, body)
  if (door === 'attachments' && method === 'POST') {
    const name = /filename="([^"]*)"/.exec(raw.toString('latin1'))?.[1] ?? 'file'
    const file = { id: newId(), name, mime: 'text/plain', size: raw.length, created_at: iso() }
    team.attachments.set(file.id, file)
    return [201, file]
  }
  if (door === 'attachments' || door === 'export') return [200, `# ${chat.title}\n`, { 'content-type': 'text/markdown' }]
  if (door === 'burst') return [200, { text: await burst(team, chat, body) }]
  if (method === 'PATCH') {
    const { active_message_id, ...rest } = body
    if (active_message_id) team.activate(chat, active_message_id)
    team.touch(chat, rest)
  }
  if (method === 'DELETE') {
    team.chats.delete(id)
    team.emit(chat, 'chat_deleted', { chat_id: id })
    return [204]
  }
  return [200, chat]
}

function runs(team, method, id, door) {
  const run = team.runs.get(id)
  if (!run) return [404, { title: 'No such run', status: 404 }]
  if (door === 'cancel') {
    run.cancelled = true
    for (const approval of team.approvals.values()) if (approval.run_id === id && approval.status === 'pending') team.decide(approval, { decision: 'deny' })
    return [202, {}]
  }
  const message = team.messages.get(run.message_id)
  return [200, { ...run, message: message ? team.wire(message) : null }]
}

function approvals(team, method, id, body, pending) {
  if (!id) return [200, { items: [...team.approvals.values()].filter(({ status }) => pending === (status === 'pending')), next_cursor: null }]
  if (id === 'decide') {
    const open = body.ids.map((one) => team.approvals.get(one)).filter((one) => one?.status === 'pending')
    for (const one of open) team.decide(one, body)
    return [200, { items: [], decided: open.length, late: body.ids.length - open.length }]
  }
  const approval = team.approvals.get(id)
  if (!approval) return [404, { title: 'No such decision', status: 404 }]
  if (method === 'GET') return [200, approval]
  if (approval.status !== 'pending') return [409, { title: 'Already decided', status: 409 }]
  team.decide(approval, body)
  return [200, approval]
}
