type Args = Record<string, unknown>

/** Arguments as a person reads them: a lone text as it is, several names each on a line, texts of several lines below their name. */
export function argsText(args: Args): string {
  const entries = Object.entries(args)
  const [only] = entries
  if (entries.length === 1 && only && typeof only[1] === 'string') return only[1]
  return entries.map(([name, value]) => argText(name, value)).join('\n')
}

function argText(name: string, value: unknown): string {
  if (typeof value !== 'string') return `${name}: ${JSON.stringify(value)}`
  return value.includes('\n') ? `${name}:\n${value}` : `${name}: ${value}`
}
