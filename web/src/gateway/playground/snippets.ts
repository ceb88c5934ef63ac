import type { Dialect } from '../api/types'
import type { Raw } from './lane'

type Request = Raw['request']

const versions: Partial<Record<Dialect, string>> = { messages: '2023-06-01' }

/** The request as a command for a POSIX shell; the key is taken from the environment. */
export function asCurl({ path, body }: Request, dialect: Dialect, origin: string): string {
  const version = versions[dialect]
  const lines = [
    `curl -N ${origin}${path}`, `-H "Authorization: Bearer $ENTOURAGE_KEY"`, `-H 'Content-Type: application/json'`,
    ...(version ? [`-H 'anthropic-version: ${version}'`] : []), `-d ${quoted(JSON.stringify(body, null, 2))}`,
  ]
  return lines.join(' \\\n  ')
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The request with the SDK of its dialect. */
export function asPython({ body }: Request, dialect: Dialect, origin: string): string {
  const { stream: _stream, ...rest } = body
  const args = Object.entries({ ...rest, stream: true }).map(([name, value]) => `    ${name}=${python(value, 4)},`).join('\n')
  const calls: Record<Dialect, string> = { chat: 'chat.completions', responses: 'responses', messages: 'messages' }
  const [sdk, base] = dialect === 'messages' ? ['Anthropic', origin] : ['OpenAI', `${origin}/v1`]
  return `import os

from ${sdk.toLowerCase()} import ${sdk}

client = ${sdk}(base_url="${base}", api_key=os.environ["ENTOURAGE_KEY"])
stream = client.${calls[dialect]}.create(
${args}
)
for event in stream:
    print(event)`
}

/** A JSON value as a Python literal; JSON's own strings are Python's too. */
export function python(value: unknown, indent: number): string {
  const pad = ' '.repeat(indent)
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[\n${value.map((item) => `${pad}    ${python(item, indent + 4)},\n`).join('')}${pad}]`
  if (typeof value === 'object') {
    return `{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${python(item, indent)}`).join(', ')}}`
  }
  return JSON.stringify(value)
}
