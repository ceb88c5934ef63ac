/** Reads a chat of 2,000 messages upwards: what the reader looks at must move by as much as was scrolled, and never be blank. */
import { openBrowser, openPage } from './browser.mjs'
import { startFake } from './fake/server.mjs'

const step_px = 400
const fake = await startFake({ folder: process.env.STATIC, long: 2000 })
const browser = await openBrowser()
const page = await openPage(browser, fake)
await page.goto(`${fake.url}/chat/${fake.chats.long.id}`)
await page.waitForSelector('.turn')
await page.waitForTimeout(1200)
const jumps = []
let blank = 0
for (let n = 0; n < 120; n++) {
  const { moved, isBlank } = await page.evaluate(async (step) => {
    const box = document.querySelector('.talk-scroll')
    const area = box.getBoundingClientRect()
    const pick = () => document.elementFromPoint(area.left + area.width / 2, area.top + 120)?.closest('.talk-row')
    const row = pick() ?? box.querySelector('.talk-row')
    const top = row.getBoundingClientRect().top
    const before = box.scrollTop
    box.scrollBy(0, -step)
    await new Promise((resolve) => setTimeout(resolve, 120))
    const moved = row.isConnected ? row.getBoundingClientRect().top - top : null
    return { moved: before < step ? null : moved, isBlank: !document.elementFromPoint(area.left + area.width / 2, area.top + 200)?.closest('.talk-rows') }
  }, step_px)
  if (moved !== null) jumps.push(Math.round(moved - step_px))
  if (isBlank) blank++
}
const rows = await page.evaluate(() => document.querySelector('.talk-rows').style.height)
await browser.close()
fake.close()
const jumps_px = jumps.filter((jump) => Math.abs(jump) > 2)
// A page that arrives in the very frame of a scroll may swallow that one step.
const most = Math.ceil(jumps.length / 100)
const isSteady = jumps_px.length <= most
console.log(`${jumps.length} steps of ${step_px} px up, list ${rows}: ${jumps_px.length} not exact   bar ${most}   ${isSteady ? 'ok' : `OVER: ${jumps_px.join(' ')}`}   blank ${blank}   bar 0`)
process.exit(isSteady && blank === 0 ? 0 : 1)
