import { code, table } from './seed.mjs'
import { iso, newId } from './team.mjs'
import { sleep, Writer } from './writer.mjs'

/** What the fake team does with a message: words in it choose the script. */
const scripts = [
  [/fail/i, async (writer) => {
    await writer.text('I will try that now.')
    await sleep(200)
    writer.end('failed', { title: 'The model refused the request', detail: 'The provider answered 401: invalid API key.', hint: 'Check the key of this provider under Settings, Models.' })
  }],
  [/approve|install/i, async (writer, { team, chat }) => {
    await writer.text('The benchmark needs a broker, so I would like to install one.')
    const call = writer.begin('run_command', { command: 'apt-get install -y redis-server', cwd: '/work' })
    const { decision, args } = await team.ask(chat, writer.message, call.part, { risk: 'high' })
    if (decision === 'deny') { writer.fail(call, 'Denied by the person.', 'denied'); await writer.text('Then I use the in-memory broker instead.') }
    else { await sleep(300); writer.finish(call, { result: `ran ${args.command}` }); await writer.text('Installed. Now the benchmark can run.') }
    writer.end()
  }],
  [/question|ask me/i, async (writer, { team, chat }) => {
    const call = writer.begin('ask_user', { question: 'Which broker do you run in production?' })
    const { answer } = await team.ask(chat, writer.message, call.part, { kind: 'question', question: 'Which broker do you run in production?', options: ['Redis', 'RabbitMQ', 'None yet'], risk: 'low' })
    writer.finish(call, { result: answer })
    await writer.text(`Good, then I write it for **${answer}**.`)
    writer.end()
  }],
  [/plan|team|compare/i, async (writer, { team, chat }) => {
    await writer.text('Two agents can do this side by side.', 'reasoning')
    const runId = newId()
    const call = writer.begin('call_agent', { agent: 'researcher', task: 'Read the docs of all three' }, { run_id: runId, agent: 'researcher' })
    const child = new Writer(team, chat, { agent: 'researcher', runId, parentRun: writer.run.id, pace: 20 })
    await child.tool('web_search', { query: 'taskiq arq dramatiq' }, { result: '9 hits', takes: 700 })
    await child.text('taskiq is async from the ground up; arq is the smallest; dramatiq has the longest history.')
    child.end()
    writer.finish(call, { result: 'Read 14 pages.', child: { run_id: child.run.id, agent: 'researcher' } })
    await writer.text(`Here is what we found:\n\n${table}\n${code}\nI would take **taskiq**.`)
    writer.end()
  }],
  [/./s, async (writer, { text }) => {
    await writer.text('A short question; I can answer directly.', 'reasoning')
    await writer.text(`You said: “${text.slice(0, 80)}”. `)
    await writer.tool('search_memory', { query: text.slice(0, 40) }, { result: '2 notes', takes: 350 })
    await writer.text(`Here is an answer with a list:\n\n1. first\n2. second, with \`code\`\n\n${code}\nThat is all.`)
    writer.end()
  }],
]

/** Runs the script for a message; the events go out while it does. */
export async function answer(team, chat, { text, agent, model, parentId, replyId, runId }) {
  const writer = new Writer(team, chat, { agent, model: model ?? 'claude-sonnet-5', parentId, runId, id: replyId })
  team.touch(chat, { running: true })
  const [, script] = scripts.find(([pattern]) => pattern.test(text)) ?? scripts.at(-1)
  try {
    await script(writer, { team, chat, text })
  } catch (error) {
    if (error.message !== 'cancelled') throw error
    for (const [index, part] of writer.message.parts.entries()) {
      if (part.type === 'tool_call' && ['running', 'waiting'].includes(part.status)) writer.fail({ part: index, call: part }, 'Stopped.', 'cancelled')
    }
    writer.end('cancelled')
  }
  if (chat.title === '') chat.title = text.slice(0, 48)
  team.touch(chat, { running: false })
}

const words = 'the agent reads a file and writes a test for it then runs the whole suite again because one case failed before '.split(' ')

/** `rate` tokens a second for `seconds` into a new answer: paragraphs, lists and code by turns. */
export async function burst(team, chat, { rate = 200, seconds = 8 } = {}) {
  const asked = team.append(chat, { parts: [{ type: 'text', text: 'Write a long answer.' }], created_at: iso() })
  team.emit(chat, 'message', { message: team.wire(asked) })
  const writer = new Writer(team, chat, { agent: 'coder', runId: newId() })
  const part = writer.message.parts.push({ type: 'text', text: '' }) - 1
  const total = rate * seconds
  const began = Date.now()
  for (let n = 0; n < total;) {
    const due = Math.min(total, Math.floor(((Date.now() - began) / 1000) * rate) + 1)
    for (; n < due; n++) {
      const target = writer.message.parts[part]
      const piece = n % 180 === 120 ? '\n\n```python\n' : n % 180 === 170 ? '\n```\n\n' : n % 60 === 59 ? '\n\n' : n % 90 === 44 ? '\n- ' : `${words[n % words.length]} `
      writer.emit('text_delta', { message_id: writer.message.id, part, offset: target.text.length, text: piece })
      target.text += piece
    }
    await sleep(5)
  }
  writer.end()
  return writer.message.parts[part].text
}
