const telling = ['command', 'path', 'file', 'query', 'q', 'url', 'question', 'task', 'prompt', 'text', 'code', 'name', 'title', 'agent']

/** One line that says what a tool call is about: its most telling argument. */
export function summaryOf(args: Record<string, unknown>): string {
  const names = [...telling.filter((name) => name in args), ...Object.keys(args)]
  for (const name of names) {
    const value = args[name]
    if (typeof value === 'string' && value.trim() !== '') return firstLine(value)
    if (typeof value === 'number' || typeof value === 'boolean') return `${name} ${value}`
  }
  return ''
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? ''
  return line.length > 140 ? `${line.slice(0, 140)}…` : line
}
