/**
 * Opens a chat of 2,000 messages with an empty cache, at full speed and at a quarter of it: how long from the address to
 * rows that are painted and a box to write in. Prints medians beside their bars; exits 1 over them.   node tests/open.mjs [rounds]
 */
import { cpus } from 'node:os'
import { openBrowser, openPage } from './browser.mjs'
import { startFake } from './fake/server.mjs'

const rounds = Number(process.argv[2] ?? 7)
const messages = 2000
const bars_ms = { 1: 600, 4: 1500 }

/** Notes in the page when it could be used, and tells so by a console line: asking it again and again would slow it down. */
function watch() {
  const seen = () => requestAnimationFrame(() => setTimeout(() => {
    window.usable_ms = performance.now()
    console.debug('usable')
  }))
  const watcher = new MutationObserver(() => {
    const row = document.querySelector('.turn')
    const isUsable = row && document.querySelector('#message-box') && document.querySelector('.talk-scroll').scrollTop > 0
    if (isUsable) { watcher.disconnect(); seen() }
  })
  watcher.observe(document, { childList: true, subtree: true, attributes: true })
}

async function open(browser, fake, throttle) {
  const page = await openPage(browser, fake)
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  if (throttle > 1) await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle })
  await page.addInitScript(watch)
  const told = page.waitForEvent('console', { predicate: (line) => line.text() === 'usable' })
  await page.goto(`${fake.url}/chat/${fake.chats.long.id}`, { waitUntil: 'commit' })
  await told
  const { metrics } = await cdp.send('Performance.getMetrics')
  const times = await page.evaluate(() => ({ usable: window.usable_ms, paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0 }))
  await page.context().close()
  return { ...times, busy: metrics.find(({ name }) => name === 'TaskDuration').value * 1000 }
}

/** The share of the processors that others take, while nothing is done here. */
async function othersShare() {
  const times = () => cpus().reduce((sum, { times: { idle, ...rest } }) => ({ idle: sum.idle + idle, busy: sum.busy + Object.values(rest).reduce((all, one) => all + one, 0) }), { idle: 0, busy: 0 })
  const before = times()
  await new Promise((done) => setTimeout(done, 1500))
  const now = times()
  const busy = now.busy - before.busy
  return busy / (busy + now.idle - before.idle)
}

const fake = await startFake({ folder: process.env.STATIC, long: messages })
const browser = await openBrowser()
const sorted = (values) => values.toSorted((a, b) => a - b)
const median = (values) => sorted(values)[Math.floor(values.length / 2)]
const others = await othersShare()
const isFit = others < 0.15
let isOver = false
const verdict = (value, bar) => (value <= bar ? `bar ${bar}   ok` : isFit ? `bar ${bar}   OVER` : `bar ${bar}, not judged: the machine is busy`)
const row = (name, value, bar) => console.log(`${name.padEnd(44)} ${value.toFixed(0).padStart(7)}   ${bar === undefined ? '' : verdict(value, bar)}`)

console.log(`${messages} messages, ${rounds} times each, others take ${Math.round(others * 100)} % of the processors`)
for (const [throttle, bar] of Object.entries(bars_ms)) {
  // The first page of a new browser pays for starting it.
  await open(browser, fake, Number(throttle))
  const opened = []
  for (let n = 0; n < rounds; n++) opened.push(await open(browser, fake, Number(throttle)))
  const usable = opened.map((one) => one.usable)
  isOver ||= isFit && median(usable) > bar
  row(`2,000 messages opened to usable at ${throttle}x, ms`, median(usable), bar)
  row('  fastest', Math.min(...usable))
  row('  slowest', Math.max(...usable))
  row('  first paint with content', median(opened.map((one) => one.paint)))
  row('  first paint to usable', median(opened.map((one) => one.usable - one.paint)))
  row('  main thread busy till then', median(opened.map((one) => one.busy)))
}
await browser.close()
fake.close()
process.exit(isOver ? 1 : 0)
