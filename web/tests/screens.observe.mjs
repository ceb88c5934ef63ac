/** The tabs of the Observe screen, in the form of screens.list.mjs. */
const settle = (page) => page.waitForTimeout(500)

const tab = (name, path, ready, act, fake = { watched: 2500 }) => ({
  name: `observe-${name}`,
  fake,
  open: async ({ page, fake: server, go, size }) => {
    await go(typeof path === 'function' ? path(server.state.observed) : path)
    await page.waitForSelector(ready)
    await settle(page)
    await act?.({ page, size, observed: server.state.observed })
    await settle(page)
  },
})

/** A session with subagents, the newest that has some, and its neighbour. */
function nested(observed, skip = 0) {
  const found = [...observed.sessions].filter(([, events]) => new Set(events.map(({ run_id }) => run_id)).size > 2 && events.some(({ type }) => type === 'hook.PermissionDenied'))
  return (found.at(-1 - skip) ?? [...observed.sessions].at(-1))[0]
}

/** Lets the fake go on for a while, so that something is seen to move. */
async function alive({ page, observed }) {
  const stop = observed.run(30)
  await page.waitForTimeout(2500)
  stop()
}

export const observeScreens = [
  tab('live', '/observe/live', '.lanes', alive),
  tab('live-empty', '/observe/live', '.empty', undefined, { watched: 0 }),
  tab('events', '/observe/events', '.event-row', alive),
  tab('events-search', '/observe/events?q=retry', '.event-row mark'),
  tab('events-open', '/observe/events?type=hook.PostToolUseFailure', '.event-row', ({ page }) => page.locator('.event-row').nth(3).click().then(() => page.waitForSelector('.tree'))),
  tab('events-none', '/observe/events?agent=nobody', '.empty'),
  tab('facet', '/observe/events', '.event-row', ({ page }) => page.locator('.facet').nth(1).click()),
  tab('sessions', '/observe/sessions', '.sessions, .cards'),
  tab('session', (observed) => `/observe/sessions/${nested(observed)}`, '.timeline-names li', ({ page }) => page.locator('.timeline-scroll').focus().then(async () => { for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key) })),
  tab('session-timeline', (observed) => `/observe/sessions/${nested(observed)}`, '.timeline-names li'),
  tab('session-events', (observed) => `/observe/sessions/${nested(observed)}?part=events`, '.said'),
  tab('session-agents', (observed) => `/observe/sessions/${nested(observed)}?part=agents`, '.table'),
  tab('costs', '/observe/costs', '.table', ({ page, size }) => (size === 'phone' ? undefined : page.locator('.chart').hover())),
  tab('compare', (observed) => `/observe/compare?left=${nested(observed, 1)}&right=${nested(observed)}`, '.steps'),
  tab('compare-empty', '/observe/compare', '.empty'),
  tab('replay', (observed) => `/observe/replay?of=${nested(observed)}`, '.said', async ({ page }) => { await page.getByRole('button', { name: 'Play' }).click(); await page.waitForTimeout(3500); await page.getByRole('button', { name: 'Pause' }).last().click() }),
  tab('alerts', '/observe/alerts', '.alert-row'),
  tab('alerts-new', '/observe/alerts', '.alert-row', async ({ page }) => { await page.getByRole('button', { name: 'New rule' }).click(); await page.waitForSelector('dialog form'); await page.locator('dialog button[type=submit]').click() }),
  tab('alerts-menu', '/observe/alerts', '.alert-row', ({ page }) => page.locator('.alert-row .icon-btn').first().click()),
  tab('alerts-history', '/observe/alerts', '.alert-row', async ({ page }) => { await page.getByRole('tab', { name: 'History' }).click(); await page.waitForSelector('.table') }),
  tab('performance', '/observe/performance', '.perf-tile', ({ page }) => page.waitForTimeout(6500)),
  tab('sources', '/observe/sources', '.source-list'),
  tab('sources-empty', '/observe/sources', '.install-list', undefined, { watched: 0 }),
  tab('connect', '/observe/sources', '.source-list', async ({ page }) => { await page.getByRole('button', { name: 'Connect an agent' }).first().click(); await page.locator('dialog button[type=submit]').click(); await page.waitForSelector('dialog .command') }),
]
