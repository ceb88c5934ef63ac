/** Prints the gzip weight of the shell and of the chat screen beside their bars; exits 1 over them. Run after `npm run build`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const folder = process.argv[2] ?? fileURLToPath(new URL('../../entourage/static', import.meta.url))
const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'))
const weigh = (file) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length

/** All files that must be there before a chunk runs. */
function closure(entry, files = new Set()) {
  const chunk = manifest[entry]
  if (!chunk) throw new Error(`no ${entry} in the manifest`)
  if (files.has(chunk.file)) return files
  files.add(chunk.file)
  for (const css of chunk.css ?? []) files.add(css)
  for (const next of chunk.imports ?? []) closure(next, files)
  return files
}

const shell = closure('index.html', closure('src/i18n/en/shell.ts'))
const chat = ['src/chat/ChatScreen.tsx', 'src/i18n/en/chat.ts'].reduce((files, entry) => closure(entry, files), new Set(shell))
const lazy = Object.values(manifest).filter((chunk) => chunk.file.endsWith('.js') && !chat.has(chunk.file)).map((chunk) => chunk.file)

const sum = (files) => [...files].reduce((total, file) => total + weigh(file), 0) / 1000
const rows = [['shell', sum(shell), 110], ['shell and chat', sum(chat), 160]]
let over = false
for (const [name, kilobytes, bar] of rows) {
  over ||= kilobytes > bar
  console.log(`${name.padEnd(16)} ${kilobytes.toFixed(1).padStart(7)} kB gzip   bar ${bar}   ${kilobytes > bar ? 'OVER' : 'ok'}`)
}
console.log(`${'later, at need'.padEnd(16)} ${sum(new Set(lazy)).toFixed(1).padStart(7)} kB gzip in ${new Set(lazy).size} files`)
if (process.argv.includes('--files')) for (const file of chat) console.log(`  ${shell.has(file) ? 'shell' : 'chat '} ${(weigh(file) / 1000).toFixed(1).padStart(6)} ${file}`)
process.exit(over ? 1 : 0)
