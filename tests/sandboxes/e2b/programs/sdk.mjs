// The official npm SDKs, unchanged.
import { createRequire } from 'node:module'
const require = createRequire(process.env.CLIENTS + '/node_modules/x.js')
const { Sandbox } = require('@e2b/code-interpreter')

const told = {}
const sandbox = await Sandbox.create({ timeoutMs: 120_000, metadata: { about: 'npm' }, envs: { FOO: 'bar' } })
const { stdout, stderr, exitCode } = await sandbox.commands.run('echo hi $FOO; echo bad >&2')
told.run = [stdout, stderr, exitCode]
const lines = []
await sandbox.commands.run('echo 1; sleep 0.05; echo 2', { onStdout: (line) => lines.push(line) })
told.streamed = lines.join('')
try {
  await sandbox.commands.run('exit 4')
} catch (error) {
  told.failed = [error.constructor.name, error.exitCode]
}
const cat = await sandbox.commands.run('cat', { background: true, stdin: true })
await sandbox.commands.sendStdin(cat.pid, 'in\n')
told.listed = (await sandbox.commands.list()).length
await sandbox.commands.closeStdin(cat.pid)
told.stdin = (await cat.wait()).stdout
const sleep = await sandbox.commands.run('sleep 1000', { background: true })
told.killed = await sleep.kill()

const { files } = sandbox
told.written = (await files.write('a.txt', 'жук')).path
told.read = [await files.read('a.txt'), (await files.read('a.txt', { format: 'bytes' })).length]
let streamed = ''
for await (const chunk of await files.read('a.txt', { format: 'stream' })) streamed += Buffer.from(chunk).toString()
told.read.push(streamed)
told.many = (await files.write([{ path: 'd/x', data: '1' }, { path: 'd/y', data: new Blob(['2']) }])).map((one) => one.path)
told.entries = (await files.list('d')).map((one) => [one.name, one.type])
told.made = [await files.makeDir('d/z'), await files.makeDir('d/z'), await files.exists('d/x'), await files.exists('no')]
told.renamed = (await files.rename('d/x', 'd/w')).path
await files.remove('d/w')
const seen = await new Promise((done) => {
  files.watchDir('d', (event) => event.name === 'new' && done(event.type)).then(() => files.write('d/new', '1'))
})
told.watched = seen
const big = Buffer.alloc(20_000_000, 1)
await files.write('big', new Blob([big]))
told.big = (await files.getInfo('big')).size
told.signed = await (await fetch(await sandbox.downloadUrl('a.txt', { useSignatureExpiration: 100 }))).text()

const figure = await sandbox.runCode('import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()\n5')
told.code = [figure.text, figure.results[0].chart?.type, Boolean(figure.results[0].png)]
told.javascript = (await sandbox.runCode('const a = 2; a * 4', { language: 'js' })).text
const context = await sandbox.createCodeContext({ cwd: '/tmp', language: 'python' })
await sandbox.runCode('y = 1', { context })
told.context = [(await sandbox.runCode('y', { context })).text, (await sandbox.listCodeContexts()).length]
await sandbox.restartCodeContext(context)
told.restarted = (await sandbox.runCode('y', { context })).error.name
await sandbox.removeCodeContext(context)

let screen = ''
const terminal = await sandbox.pty.create({ rows: 10, cols: 50, onData: (data) => (screen += Buffer.from(data).toString()) })
await sandbox.pty.resize(terminal.pid, { rows: 11, cols: 51 })
await sandbox.pty.sendInput(terminal.pid, new TextEncoder().encode('stty size; exit\n'))
await terminal.wait()
told.terminal = screen.includes('11 51')

await sandbox.setTimeout(60_000)
told.info = [(await sandbox.getInfo()).state, (await sandbox.getMetrics()).length, await sandbox.isRunning()]
told.paused = await sandbox.pause()
const again = await Sandbox.connect(sandbox.sandboxId)
told.resumed = (await again.runCode('1 + 1')).text
told.dead = [await again.kill(), await again.isRunning()]
console.log(JSON.stringify(told))
process.exit(0)
