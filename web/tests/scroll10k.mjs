/**
 * Moves through a chat of 10,000 messages by wheel and by keys, and looks at every frame: how much of the window shows no
 * row, and how many elements the page has. Exits 1 over the bars.   node tests/scroll10k.mjs [messages]
 */
import { openBrowser, openPage } from './browser.mjs'
import { startFake } from './fake/server.mjs'

const messages = Number(process.argv[2] ?? 10_000)
const bars = { blank: 0, nodes: 600 }
const fake = await startFake({ folder: process.env.STATIC, long: messages })
const browser = await openBrowser()
const page = await openPage(browser, fake)
await page.goto(`${fake.url}/chat/${fake.chats.long.id}`)
await page.waitForSelector('.turn')

/** Looks after each frame is drawn: a task posted from a frame runs when that frame has been handed over. */
await page.evaluate(() => {
  const box = document.querySelector('.talk-scroll')
  const seen = (window.seen = { frames: 0, blank: 0, worst_px: 0, nodes: 0, at: [] })
  const post = new MessageChannel()
  let drawnAt = 0
  const look = () => {
    // Moved since: what is there now has not been drawn yet.
    if (box.scrollTop !== drawnAt) return
    const area = box.getBoundingClientRect()
    const list = box.querySelector('.talk-rows').getBoundingClientRect()
    const [top, bottom] = [Math.max(area.top, list.top + 22), Math.min(area.bottom, list.bottom)]
    let covered = top
    let bare = 0
    for (const row of [...box.querySelectorAll('.talk-row')].map((one) => one.getBoundingClientRect()).sort((a, b) => a.top - b.top)) {
      if (row.bottom <= top || row.top >= bottom) continue
      bare += Math.max(0, row.top - covered)
      covered = Math.max(covered, row.bottom)
    }
    bare += Math.max(0, bottom - covered)
    seen.frames++
    if (bare > 2) { seen.blank++; seen.worst_px = Math.max(seen.worst_px, Math.round(bare)); seen.at.push(`${Math.round(bare)} px at ${Math.round(box.scrollTop)}, rows ${[...box.querySelectorAll('.talk-row')].map((one) => one.dataset.index).join(' ')}`) }
    seen.nodes = Math.max(seen.nodes, document.querySelectorAll('*').length)
  }
  post.port1.onmessage = look
  const tick = () => { drawnAt = box.scrollTop; post.port2.postMessage(0); requestAnimationFrame(tick) }
  requestAnimationFrame(tick)
})
const begin = () => page.evaluate(() => Object.assign(window.seen, { frames: 0, blank: 0, worst_px: 0, nodes: 0, at: [] }))
const end = () => page.evaluate(() => window.seen)
const scrollTop = () => page.evaluate(() => Math.round(document.querySelector('.talk-scroll').scrollTop))
const gap = () => page.evaluate(() => { const box = document.querySelector('.talk-scroll'); return Math.round(box.scrollHeight - box.scrollTop - box.clientHeight) })
const pause = (ms) => page.waitForTimeout(ms)

const wheel = (px, times) => async () => { for (let n = 0; n < times; n++) { await page.mouse.wheel(0, px); await pause(16) } await pause(300) }
const press = (key, times = 1) => async () => { for (let n = 0; n < times; n++) { await page.keyboard.press(key); await pause(60) } await pause(500) }

let gapAtEnd = Infinity
async function toStart() {
  const began = performance.now()
  await page.focus('.talk-scroll')
  await page.keyboard.press('Home')
  const first = page.getByText('Question 1: what', { exact: false })
  await first.waitFor({ timeout: 120_000 })
  await pause(300)
  return performance.now() - began
}

await page.mouse.move(700, 400)
await page.focus('.talk-scroll')
const moves = {
  'wheel up, 120 px a frame': wheel(-120, 240),
  'wheel up, 1,200 px a frame': wheel(-1200, 60),
  'Home, all pages fetched': toStart,
  'wheel down, 120 px a frame': wheel(120, 240),
  'wheel down, 3,000 px a frame': wheel(3000, 60),
  'Page Down': press('PageDown', 20),
  'End': async () => { await press('End')(); gapAtEnd = await gap() },
  'Home and End by turns': async () => { for (let n = 0; n < 5; n++) { await press('Home')(); await press('End')() } },
  'dragged through the whole list': async () => { await page.evaluate(async () => { const box = document.querySelector('.talk-scroll'); for (let n = 0; n <= 60; n++) { box.scrollTop = (box.scrollHeight * n) / 60; await new Promise((done) => setTimeout(done, 20)) } }); await pause(400) },
}
console.log(`${messages} messages`)
let isOver = false
let most = 0
let blank = 0
for (const [name, move] of Object.entries(moves)) {
  await begin()
  const took_ms = await move()
  const seen = await end()
  if (process.argv.includes('--where')) console.log(seen.at.join('\n'))
  most = Math.max(most, seen.nodes)
  blank += seen.blank
  console.log(`  ${name.padEnd(34)} ${String(seen.frames).padStart(5)} frames, ${String(seen.blank).padStart(3)} with a bare place${seen.blank > 0 ? ` (up to ${seen.worst_px} px)` : ''}, ${seen.nodes} elements, at ${await scrollTop()} px${typeof took_ms === 'number' ? `, ${Math.round(took_ms)} ms` : ''}`)
}
const row = (name, value, bar) => { const isOk = value <= bar; isOver ||= !isOk; console.log(`${name.padEnd(44)} ${String(value).padStart(7)}   bar ${bar}   ${isOk ? 'ok' : 'OVER'}`) }
row('10,000 messages: frames with a bare place', blank, bars.blank)
row('10,000 messages: DOM nodes at most', most, bars.nodes)
row('10,000 messages: gap after End, px', gapAtEnd, 2)
await browser.close()
fake.close()
process.exit(isOver ? 1 : 0)
