/** Draws a graph of 5,000 nodes and prints how long it took, and the frames while it is arranged and while it is dragged: node tests/graph.mjs [nodes]. */
import { openBrowser, openPage } from './browser.mjs'
import { startFake } from './fake/server.mjs'
import { graphOf } from './fake/memory.mjs'

const nodes = Number(process.argv[2] ?? 5000)
const browser = await openBrowser()
const fake = await startFake({ folder: process.env.STATIC, long: 4 })
fake.state.memory.graph = graphOf(nodes)
const page = await openPage(browser, fake)
await page.emulateMedia({ reducedMotion: 'no-preference' })
await page.addInitScript(() => {
  window.frames_ms = []
  let before = performance.now()
  const frame = (now) => { window.frames_ms.push(now - before); before = now; requestAnimationFrame(frame) }
  requestAnimationFrame(frame)
})
/** The frames since the last call. */
const frames = async () => (await page.evaluate(() => window.frames_ms.splice(0))).sort((a, b) => a - b)
const share = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
const told = (name, sorted) => console.log(`${name.padEnd(16)} ${String(sorted.length).padStart(5)} frames   p50 ${share(sorted, 0.5).toFixed(1)} ms   p95 ${share(sorted, 0.95).toFixed(1)} ms   p99 ${share(sorted, 0.99).toFixed(1)} ms   worst ${share(sorted, 1).toFixed(1)} ms`)

const began = Date.now()
await page.goto(`${fake.url}/memory/graph?nodes=5000`)
await page.waitForSelector('.drawing-stage canvas')
const drawn_ms = Date.now() - began
await page.waitForFunction((count) => document.querySelector('.drawing-stage')?.dataset.nodes === String(count), Math.min(5000, nodes))
await frames()
await page.waitForSelector('[data-arranged]', { timeout: 60_000 })
console.log(`${nodes} nodes, ${fake.state.memory.graph.edges.length} edges: canvas after ${drawn_ms} ms, arranged after ${Date.now() - began} ms`)
told('while arranged', await frames())
const box = await page.locator('.drawing-stage').boundingBox()
const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
await page.mouse.move(x, y)
await page.mouse.down()
for (let step = 0; step < 120; step++) await page.mouse.move(x + 200 * Math.sin(step / 12), y + 120 * Math.cos(step / 9))
await page.mouse.up()
told('while dragged', await frames())
for (let step = 0; step < 20; step++) { await page.mouse.wheel(0, step < 10 ? -120 : 120); await page.waitForTimeout(30) }
told('while zoomed', await frames())
await browser.close()
fake.close()
