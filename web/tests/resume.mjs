/** Cuts the stream, reloads and hides the page in mid-answer: the text must end as it was sent. Exits 1 when it does not. */
import { openBrowser, openPage } from './browser.mjs'
import { startFake } from './fake/server.mjs'

const browser = await openBrowser()
const squeeze = (words) => words.replace(/```\w*|^- /gm, '').replace(/\b(python|Copy|Copied)\b/g, '').replace(/\s+/g, '')
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const cases = {
  'stream cut three times': async ({ fake }) => { for (let n = 0; n < 3; n++) { await pause(700); fake.cut(n === 1 ? 4401 : 1012) } },
  'page reloaded twice': async ({ page }) => { for (let n = 0; n < 2; n++) { await pause(900); await page.reload(); await page.waitForSelector('.turn') } },
  'network gone for two seconds': async ({ page, fake }) => { await pause(500); await page.context().setOffline(true); fake.cut(); await pause(2000); await page.context().setOffline(false) },
  'two tabs at once': async ({ page, address }) => { const other = await page.context().newPage(); await other.goto(address); await pause(1500); await other.close() },
  'another chat and back': async ({ page, address }) => { await pause(500); await page.click('.rail-logo'); await pause(800); await page.locator(`a[href="${new URL(address).pathname}"]`).click(); await page.waitForSelector('.turn') },
}
let failed = 0
for (const [name, disturb] of Object.entries(cases)) {
  const fake = await startFake({ folder: process.env.STATIC, long: 60 })
  const page = await openPage(browser, fake)
  const address = `${fake.url}/chat/${fake.chats.long.id}`
  await page.goto(address)
  await page.waitForSelector('.turn')
  await page.fill('#message-box', 'an unsent thought')
  const burst = fetch(`${fake.url}/my/chat/${fake.chats.long.id}/burst`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ rate: 200, seconds: 4 }) }).then((answer) => answer.json())
  await disturb({ page, fake, address })
  const { text } = await burst
  const shown = () => page.evaluate(() => [...document.querySelectorAll('.turn .md')].at(-1)?.innerText ?? '')
  let isWhole = false
  for (let n = 0; n < 60 && !isWhole; n++) { await pause(250); isWhole = squeeze(await shown()) === squeeze(text) }
  const draft = await page.inputValue('#message-box')
  const isKept = draft === 'an unsent thought'
  if (!isWhole || !isKept || page.problems.some((problem) => !/Failed to load|WebSocket|ERR_INTERNET/.test(problem))) failed++
  console.log(`${name.padEnd(30)} text ${isWhole ? 'whole' : 'DIFFERS'}, draft ${isKept ? 'kept' : 'LOST'}${page.problems.length > 0 ? `   ${page.problems.slice(0, 2).join(' | ').slice(0, 160)}` : ''}`)
  await page.context().close()
  fake.close()
}
await browser.close()
process.exit(failed === 0 ? 0 : 1)
