import { chromium } from 'playwright-core'

const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']

export const openBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args })

export const sizes = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }

/** A page signed in to the fake, in a theme and size, that reports what goes wrong in it. */
export async function openPage(browser, fake, { theme = 'dark', size = 'wide', language = 'en', dock = false } = {}) {
  const context = await browser.newContext({ viewport: sizes[size], hasTouch: size === 'phone', colorScheme: theme, reducedMotion: 'reduce' })
  await context.addCookies([{ name: 'entourage_csrf', value: 'fake', url: fake.url }, { name: 'entourage_refresh', value: 'x', url: fake.url }])
  await context.addInitScript(([saved]) => {
    // A frame with a result in it has no storage of its own.
    if (window.top === window && !localStorage.getItem('entourage.ui')) localStorage.setItem('entourage.ui', saved)
  }, [JSON.stringify({ theme, language, listShown: true, dockShown: dock, dockWidth_px: 460, model: null, lastChat: null })])
  const page = await context.newPage()
  page.problems = []
  page.on('pageerror', (error) => page.problems.push(String(error)))
  page.on('console', (message) => { if (message.type() === 'error') page.problems.push(message.text()) })
  return page
}

/** Processor time of the longest task of the page's main thread while `act` runs, in milliseconds. */
export async function longestTask(browser, page, act) {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] })
  await act()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString())
  const mains = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`))
  const tasks = traceEvents.filter(({ name, pid, tid }) => /RunTask/.test(name) && mains.has(`${pid} ${tid}`))
  return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur)) / 1000
}
