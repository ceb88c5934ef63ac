/**
 * Opens a JSON document of some megabytes as a tree in Chromium, opens all of its branches and goes to the end: prints the
 * longest task of the main thread for each in processor time; exits 1 over the bar.   node tests/tree.mjs [megabytes]
 */
import { artifacts } from './fake/admin.artifacts.mjs'
import { longestTask, openBrowser, openPage } from './browser.mjs'
import { startFake } from './fake/server.mjs'

const megabytes = Number(process.argv[2] ?? 15)
const bar_ms = 50

function text() {
  const order = (row) => ({ id: row, customer: { name: `Customer ${(row * 7919) % 100_003}`, city: 'Lisbon' }, paid: row % 3 === 0, lines: [row, row * 31.5, null], note: `note ${(row * 31) % 1009}` })
  return JSON.stringify({ about: 'orders', orders: Array.from({ length: Math.round((megabytes * 1e6) / 140) }, (_, row) => order(row)), last: 'here' })
}

const content = text()
const fake = await startFake({ folder: process.env.STATIC })
const shown = artifacts.find(({ title }) => title === 'settings.json')
Object.assign(shown.list.at(-1), { text: content, size: Buffer.byteLength(content) })
const browser = await openBrowser()
const page = await openPage(browser, fake)
await page.goto(`${fake.url}/results`)
await page.waitForSelector('.card')
const tree = page.locator('.tree')
const acts = {
  'opened': async () => { await page.getByRole('link', { name: 'settings.json' }).click(); await tree.waitFor({ timeout: 60_000 }) },
  'all branches opened': async () => { await page.getByRole('button', { name: 'Open all' }).click(); await page.locator('.tree-line[aria-level="4"]').first().waitFor() },
  'went to the end': async () => { await tree.focus(); await page.keyboard.press('End'); await page.locator('.tree-active').filter({ hasText: 'last' }).waitFor() },
  'dragged through': () => page.evaluate(async () => { const box = document.querySelector('.tree'); for (let n = 0; n <= 60; n++) { box.scrollTop = (box.scrollHeight * n) / 60; await new Promise(requestAnimationFrame) } }),
  'one branch closed': async () => { await tree.focus(); await page.keyboard.press('Home'); await page.keyboard.press('ArrowLeft'); await page.locator('.tree-line').nth(1).waitFor({ state: 'detached' }) },
}
let isOver = false
console.log(`${(content.length / 1e6).toFixed(1)} MB of JSON`)
for (const [name, act] of Object.entries(acts)) {
  const longest_ms = await longestTask(browser, page, act)
  isOver ||= longest_ms > bar_ms
  console.log(`  ${name.padEnd(22)} longest task ${longest_ms.toFixed(0).padStart(4)} ms   bar ${bar_ms}   ${longest_ms <= bar_ms ? 'ok' : 'OVER'}`)
}
await browser.close()
fake.close()
process.exit(isOver ? 1 : 0)
