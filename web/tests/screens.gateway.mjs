/** The gateway's screens in the states worth looking at, in the form of screens.list.mjs. */
import { button, screensOf } from './screens.at.mjs'

const at = screensOf('gateway')
const down = (page) => page.evaluate(() => document.querySelector('.gateway-scroll').scrollTo(0, 1e6))
const refuse = (path) => ({ fake }) => { fake.state.refuse.add(path) }
const emptied = ({ fake }) => { Object.assign(fake.state.gateway.state, { aliases: [], keys: [], budgets: [], others: [] }) }

async function ask(page, text) {
  await page.fill('#message-box', text)
  await page.press('#message-box', 'Enter')
}

async function answered(page, rounds) {
  await page.waitForFunction((n) => document.querySelectorAll('.round-foot').length >= n, rounds)
}

async function compared({ page, size }) {
  if (size === 'phone') await button(page, 'Setup')
  await page.getByRole('switch', { name: 'Compare two models' }).click()
  if (size === 'phone') await page.locator('dialog .icon-btn').first().click()
  await ask(page, 'What is a gateway good for?')
  await answered(page, size === 'phone' ? 1 : 2)
}

export const gatewayScreens = [
  at('models', '/gateway/models', '.alias'),
  at('models-more', '/gateway/models', '.alias', ({ page }) => down(page)),
  at('models-tested', '/gateway/models', '.alias', async ({ page }) => {
    for (const index of [0, 1]) await page.locator('.alias .btn').nth(index).click()
    await page.waitForSelector('.outcome-bad')
    await page.locator('.alias').first().scrollIntoViewIfNeeded()
  }),
  at('connect', '/gateway/models', '.alias', async ({ page }) => { await button(page, 'Connect a provider'); await page.locator('.terms summary').click(); await button(page, 'Add a price'); await page.locator('.admin-form button[type=submit]').click() }),
  at('alias', '/gateway/models', '.alias', async ({ page }) => {
    await page.getByRole('button', { name: 'Actions for trial' }).click()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    await page.waitForSelector('.candidate')
    await page.locator('.grip').first().focus()
  }),
  at('models-error', '/gateway/models', '.empty', undefined, refuse('/api/v1/providers')),
  at('usage', '/gateway/usage', '.usage-figure', ({ page, size }) => (size === 'phone' ? undefined : page.locator('.chart').hover())),
  at('usage-calls', '/gateway/usage?span=24h&by=day', '.usage-open', ({ page }) => down(page)),
  at('usage-call', '/gateway/usage', '.usage-open', ({ page }) => page.locator('.usage-open').nth(3).click()),
  at('usage-everyone', '/gateway/usage?of=everyone&first=2026-11-01&last=2026-11-20', '.usage-figure'),
  at('keys', '/gateway/keys', '.budget'),
  at('keys-more', '/gateway/keys', '.budget', ({ page }) => down(page)),
  at('keys-empty', '/gateway/keys', '.empty', undefined, emptied),
  at('key-new', '/gateway/keys', '.key-row', async ({ page }) => { await button(page, 'New key'); await page.getByRole('radio', { name: 'Only these' }).click(); await page.locator('dialog button[type=submit]').click() }),
  at('key-made', '/gateway/keys', '.key-row', async ({ page }) => { await button(page, 'New key'); await page.fill('dialog input', 'ci'); await page.locator('dialog button[type=submit]').click(); await page.waitForSelector('dialog .snippets') }),
  at('budget', '/gateway/keys', '.budget', async ({ page }) => { await button(page, 'New budget'); await page.getByRole('radio', { name: 'Agent' }).click(); await page.locator('dialog button[type=submit]').click() }),
  at('play-empty', '/gateway/playground', '.lane'),
  at('play', '/gateway/playground', '.lane', async ({ page }) => { await ask(page, 'What is a gateway good for?'); await answered(page, 1); await ask(page, 'And what is it not?'); await page.waitForTimeout(500) }),
  at('play-compare', '/gateway/playground', '.lane', compared),
  at('play-raw', '/gateway/playground', '.lane', async ({ page }) => { await ask(page, 'Hello'); await answered(page, 1); await page.getByRole('button', { name: 'Request and response' }).click(); await page.getByRole('tab', { name: 'curl' }).click() }),
  at('play-failed', '/gateway/playground', '.lane', async ({ page }) => { await page.locator('.model-select').selectOption('@researcher'); await ask(page, 'Hello'); await page.waitForSelector('.notice-bad') }),
]
