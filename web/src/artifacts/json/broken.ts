const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y

/** Where browsers add the place themselves: some do, some do not, and of a list made of lines it is not the file's. */
const PLACE = / (?:in JSON )?at (?:position \d+(?: \(line \d+ column \d+\))?|line \d+ column \d+ of the JSON data)$/

/** Why a text is no JSON, after the place where it ceases to be: `line:column: what the browser says`. */
export function whyBroken(text: string, error: unknown, isLines: boolean): string {
  const said = (error instanceof Error ? error.message : String(error)).replace(PLACE, '')
  const place = isLines ? placeInLines(text) : placeOf(text, brokenAt(text))
  return place ? `${place}: ${said}` : said
}

function placeInLines(text: string): string {
  const lines = text.split('\n')
  const row = lines.findIndex((line) => line.trim() !== '' && !isJson(line))
  const line = lines[row]
  return line === undefined ? '' : `${row + 1}:${brokenAt(line) + 1}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at)
  return `${before.split('\n').length}:${at - before.lastIndexOf('\n')}`
}

/** Where the first character stands that cannot be there. */
function brokenAt(text: string): number {
  const open: ('{' | '[')[] = []
  let wants: 'value' | 'first' | 'name' | 'firstName' | 'colon' | 'more' = 'value'
  TOKEN.lastIndex = 0
  for (let at = 0; ; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)
    const here = at + (/^[ \t\n\r]*/.exec(text.slice(at, at + 10_000))?.[0].length ?? 0)
    if (!found) return here
    const sign = found[1] ?? (found[2] ? '"' : 'leaf')
    const isValue = sign === '"' || sign === 'leaf' || sign === '{' || sign === '['
    const inside = open.at(-1)
    if ((wants === 'value' || wants === 'first') && isValue) {
      if (sign === '{' || sign === '[') open.push(sign)
      wants = sign === '{' ? 'firstName' : sign === '[' ? 'first' : 'more'
    } else if ((wants === 'name' || wants === 'firstName') && sign === '"') wants = 'colon'
    else if (wants === 'colon' && sign === ':') wants = 'value'
    else if (wants === 'more' && sign === ',' && inside) wants = inside === '{' ? 'name' : 'value'
    else if (closes(sign, inside) && (wants === 'more' || wants === 'first' || wants === 'firstName')) {
      open.pop()
      wants = 'more'
    } else return here
  }
}

const closes = (sign: string, inside: '{' | '[' | undefined): boolean => (sign === '}' && inside === '{') || (sign === ']' && inside === '[')
