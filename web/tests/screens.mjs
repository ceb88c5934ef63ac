/** Draws every screen to look at: node tests/screens.mjs [folder] [name filter]. */
import { mkdirSync } from 'node:fs'
import { openBrowser, openPage, sizes } from './browser.mjs'
import { startFake } from './fake/server.mjs'
import { screens } from './screens.list.mjs'

const folder = process.argv[2] ?? '/tmp/screens'
const only = process.argv[3] ?? ''
mkdirSync(folder, { recursive: true })
const browser = await openBrowser()
const wrong = []
for (const theme of ['dark', 'light']) {
  for (const size of Object.keys(sizes)) {
    for (const screen of screens) {
      const name = `${screen.name}-${theme}-${size}`
      if (!name.includes(only)) continue
      const fake = await startFake({ folder: process.env.STATIC, long: 40, ...screen.fake })
      const page = await openPage(browser, fake, { theme, size, ...screen.page })
      try {
        await screen.open({ page, fake, size, go: (path) => page.goto(fake.url + path) })
        await page.waitForTimeout(250)
        await page.screenshot({ path: `${folder}/${name}.png` })
      } catch (error) { wrong.push(`${name}: ${String(error).split('\n')[0]}`); await page.screenshot({ path: `${folder}/${name}.png` }) }
      wrong.push(...page.problems.map((problem) => `${name}: ${problem}`))
      await page.context().close()
      fake.close()
    }
  }
}
await browser.close()
console.log(wrong.length === 0 ? 'no errors on any page' : wrong.join('\n'))
