import type { Balancing, Folder, NewServer, Replica, Server, ServerBody, Transport } from '../api/servers'

export interface Pair { name: string; value: string }
export interface ServerForm {
  name: string
  title: string
  transport: Transport
  /** The whole command as one would type it: program and arguments. */
  command: string
  url: string
  env: Pair[]
  headers: Pair[]
  /** Folders of the host that the program sees, one a line; a `w` and a space before those it may write. */
  folders: string
  network: boolean
  /** Addresses or commands of all replicas, one a line, each with a weight after a space and `*`; then they stand in the place of the one above. */
  replicas: string
  balancing: Balancing
  is_shared: boolean
  enabled: boolean
  idle_seconds: string
  timeout_seconds: string
}
export type ServerField = 'name' | 'command' | 'url' | 'env' | 'headers' | 'folders' | 'replicas' | 'idle_seconds' | 'timeout_seconds'
export type ServerMistake = 'needed' | 'badServerName' | 'serverTaken' | 'badAddress' | 'badQuotes' | 'badNumber' | 'badTimeout' | 'badIdle' | 'badFolder' | 'halfPair'

const usual = { idle_seconds: '', timeout_seconds: '30' }

export function formOf(server: Server | undefined, transport: Transport = 'http'): ServerForm {
  if (!server) return { name: '', title: '', transport, command: '', url: '', env: [], headers: [], folders: '', network: true, replicas: '', balancing: 'round_robin', is_shared: false, enabled: true, ...usual }
  return {
    name: server.name, title: server.title, transport: server.transport, command: joined([server.command, ...server.args]), url: server.url,
    env: pairs(server.env), headers: pairs(server.headers), folders: server.folders.map(({ path, writable }) => (writable ? `w ${path}` : path)).join('\n'), network: server.network, replicas: server.replicas.map(lineOf).join('\n'), balancing: server.balancing,
    is_shared: server.is_shared, enabled: server.enabled, idle_seconds: server.idle_seconds === null ? '' : String(server.idle_seconds), timeout_seconds: String(server.timeout_seconds),
  }
}

const pairs = (map: Record<string, string>): Pair[] => Object.entries(map).map(([name, value]) => ({ name, value }))
const mapOf = (list: readonly Pair[]): Record<string, string> => Object.fromEntries(list.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]))

const lineOf = ({ url, command, args = [], weight }: Replica): string => [url ?? joined([command ?? '', ...args]), weight !== undefined && weight !== 1 ? ` *${weight}` : ''].join('')

/** Words as a shell would read them, by quotes and backslashes only; null when a quote is not closed. Nothing is ever run by a shell. */
export function words(text: string): string[] | null {
  const found: string[] = []
  let word: string | null = null
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? ''
    if (quote !== '') {
      if (letter === quote) quote = ''
      else if (letter === '\\' && quote === '"' && /["\\$`]/.test(text[at + 1] ?? '')) word = (word ?? '') + (text[++at] ?? '')
      else word = (word ?? '') + letter
    } else if (letter === '"' || letter === "'") { quote = letter; word ??= '' }
    else if (letter === '\\' && at + 1 < text.length) word = (word ?? '') + (text[++at] ?? '')
    else if (/\s/.test(letter)) { if (word !== null) found.push(word); word = null }
    else word = (word ?? '') + letter
  }
  if (quote !== '') return null
  return word === null ? found : [...found, word]
}

/** Words as one line that reads back as the same words. */
export const joined = (list: readonly string[]): string => list.filter((word, index) => index > 0 || word !== '').map((word) => (/^[\w@%+=:,./${}~-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`)).join(' ')

const NAME = /^(?!.*__)[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/
const ADDRESS = /^(https?:\/\/|\$\{secret:)[^\s]+$/
const WHOLE = /^\d{1,7}$/

export function checkServer(form: ServerForm, taken: readonly string[]): Partial<Record<ServerField, ServerMistake>> {
  const isStdio = form.transport === 'stdio'
  const command = words(form.command)
  const found: Partial<Record<ServerField, ServerMistake | undefined>> = {
    name: form.name === '' ? 'needed' : !NAME.test(form.name) ? 'badServerName' : taken.includes(form.name) ? 'serverTaken' : undefined,
    command: !isStdio ? undefined : command === null ? 'badQuotes' : command.length === 0 && form.replicas.trim() === '' ? 'needed' : undefined,
    url: isStdio ? undefined : form.url.trim() === '' ? (form.replicas.trim() === '' ? 'needed' : undefined) : !ADDRESS.test(form.url.trim()) ? 'badAddress' : undefined,
    env: half(form.env) ? 'halfPair' : undefined,
    headers: half(form.headers) ? 'halfPair' : undefined,
    replicas: checkReplicas(form),
    folders: foldersOf(form.folders) === null ? 'badFolder' : undefined,
    idle_seconds: form.idle_seconds.trim() === '' ? undefined : !WHOLE.test(form.idle_seconds.trim()) ? 'badNumber' : Number(form.idle_seconds) < 5 || Number(form.idle_seconds) > 86_400 ? 'badIdle' : undefined,
    timeout_seconds: !WHOLE.test(form.timeout_seconds.trim()) ? 'badNumber' : Number(form.timeout_seconds) < 1 || Number(form.timeout_seconds) > 300 ? 'badTimeout' : undefined,
  }
  return Object.fromEntries(Object.entries(found).filter(([, mistake]) => mistake !== undefined)) as Partial<Record<ServerField, ServerMistake>>
}

const half = (list: readonly Pair[]): boolean => list.some(({ name, value }) => name.trim() === '' && value !== '')

/** The folders that the lines name; null when a line is no whole path. */
export function foldersOf(text: string): Folder[] | null {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean)
  const found = lines.map((line) => (/^w\s+/.test(line) ? { path: line.replace(/^w\s+/, ''), writable: true } : { path: line, writable: false }))
  return found.every(({ path }) => path.startsWith('/')) ? found : null
}

/** Where a server is, as people read it; nothing where it is not theirs to know. */
export const whereOf = ({ url, command, args, replicas }: Pick<ServerBody, 'url' | 'command' | 'args' | 'replicas'>): string =>
  url || (command === '' ? '' : joined([command, ...args])) || replicas.map(lineOf).join('  ')

function checkReplicas(form: ServerForm): ServerMistake | undefined {
  const read = replicasOf(form)
  if (read === null) return 'badQuotes'
  return form.transport !== 'stdio' && read.some(({ url }) => !ADDRESS.test(url ?? '')) ? 'badAddress' : undefined
}

/** The replicas that the lines name; null when a line cannot be read. */
export function replicasOf({ replicas, transport }: Pick<ServerForm, 'replicas' | 'transport'>): Replica[] | null {
  const list: Replica[] = []
  for (const line of replicas.split('\n').map((text) => text.trim()).filter(Boolean)) {
    const weighed = /^(.*?)\s+\*(\d{1,3})$/.exec(line)
    const text = weighed?.[1] ?? line
    const weight = Number(weighed?.[2] ?? 1)
    const argv = transport === 'stdio' ? words(text) : [text]
    if (!argv?.[0]) return null
    list.push(transport === 'stdio' ? { command: argv[0], args: argv.slice(1), weight } : { url: text, weight })
  }
  return list
}

export function toBody(form: ServerForm, isAdmin: boolean): ServerBody {
  const isStdio = form.transport === 'stdio'
  const [command = '', ...args] = isStdio ? words(form.command) ?? [] : []
  return {
    name: form.name, title: form.title.trim(), transport: form.transport, command, args, url: isStdio ? '' : form.url.trim(),
    env: isStdio ? mapOf(form.env) : {}, headers: isStdio ? {} : mapOf(form.headers), folders: (isStdio && foldersOf(form.folders)) || [], network: form.network, replicas: replicasOf(form) ?? [], balancing: form.balancing,
    is_shared: isAdmin && form.is_shared, enabled: form.enabled, idle_seconds: form.idle_seconds.trim() === '' ? null : Number(form.idle_seconds), timeout_seconds: Number(form.timeout_seconds), overrides: {},
  }
}

/** A new server says nothing of overrides; a changed one keeps those it has. */
export const newBody = (form: ServerForm, isAdmin: boolean): NewServer => { const { overrides: _none, ...body } = toBody(form, isAdmin); return body }

/** A name that is free: the wanted one, or with a number behind it. */
export function freeName(wanted: string, taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`
    if (!taken.includes(name)) return name
  }
}
