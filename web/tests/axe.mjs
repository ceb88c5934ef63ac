/** Checks every screen with axe (WCAG 2.2 A and AA), in both themes, wide and phone: exits 1 on serious or critical findings. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { openBrowser, openPage, sizes } from './browser.mjs'
import { startFake } from './fake/server.mjs'
import { screens } from './screens.list.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const only = process.argv[2] ?? ''
const browser = await openBrowser()
let serious = 0
let pages = 0
const seen = new Map()

const waiting = ['dark', 'light']
  .flatMap((theme) => Object.keys(sizes).flatMap((size) => screens.map((screen) => ({ theme, size, screen, name: `${screen.name}-${theme}-${size}` }))))
  .filter(({ name }) => name.includes(only))

async function look({ theme, size, screen, name }) {
  const fake = await startFake({ folder: process.env.STATIC, long: 40, ...screen.fake })
  const page = await openPage(browser, fake, { theme, size, ...screen.page })
  try {
    await screen.open({ page, fake, size, go: (path) => page.goto(fake.url + path) })
    await page.waitForTimeout(200)
    await page.evaluate(axe)
    const { violations } = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values } }), tags)
    pages++
    for (const { id, impact, nodes } of violations) {
      if (impact === 'serious' || impact === 'critical') serious++
      const key = `${impact} ${id}`
      const places = seen.get(key) ?? []
      for (const node of nodes.slice(0, 4)) places.push(`${name}: ${node.target.join(' ')}  ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`)
      seen.set(key, places)
    }
  } catch (error) {
    serious++
    seen.set(`failed ${name}`, [String(error).split('\n')[0]])
  }
  await page.context().close()
  fake.close()
}

/** Pages wait for timers more than for the processor: a few are looked at together. */
const together = 4
await Promise.all(
  Array.from({ length: together }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await look(next)
  }),
)
await browser.close()
for (const [key, places] of [...seen].sort()) console.log(`${key} (${places.length})\n  ${[...new Set(places)].slice(0, 8).join('\n  ')}`)
console.log(`${pages} pages, serious or critical: ${serious}   bar 0   ${serious === 0 ? 'ok' : 'OVER'}`)
process.exit(serious === 0 ? 0 : 1)
