/** The screens of the results pane and of the settings, each in the states worth looking at; in the form of screens.list.mjs. */
import { agents } from './fake/admin.data.mjs'

const settle = (page) => page.waitForTimeout(300)
const coder = agents.find((agent) => agent.name === 'coder').id

const settings = (name, path, act) => ({
  name: `settings-${name}`,
  open: async ({ page, go }) => {
    await go(`/settings/${path}`)
    await page.waitForSelector('.admin-page h1')
    await settle(page)
    await act?.(page)
  },
})

const dock = (name, title, act) => ({
  name: `dock-${name}`,
  page: { dock: true },
  open: async ({ page, fake, go, size }) => {
    await go(`/chat/${fake.chats.show.id}`)
    await page.waitForSelector('.turn')
    if (size === 'phone' && (await page.locator('.dock').count()) === 0) await page.locator('.chip').first().dispatchEvent('click')
    await page.locator('.dock .tab', { hasText: title }).click()
    await settle(page)
    await act?.(page)
    await settle(page)
  },
})

const mode = (name) => (page) => page.getByRole('radio', { name }).click()

async function compare(page) {
  await page.getByRole('button', { name: 'History' }).click()
  await page.waitForSelector('.dock-version')
  for (const row of [0, 2]) await page.locator('.dock-version input').nth(row).check()
  await page.locator('.dock-compare button').click()
}

async function filter(page) {
  await page.fill('.sheet-filter input', 'city:lisbon amount>5000')
  await page.locator('.grid-name', { hasText: 'amount' }).click()
  await page.locator('.grid').focus()
  for (const key of ['ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
}

async function conflict(page) {
  const body = JSON.stringify({ role: 'Somebody else' })
  await page.evaluate(([id, text]) => fetch(`/my/agents/${id}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: text }), [coder, body])
  await page.locator('.agent-instructions').fill('Mine')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForSelector('dialog[open]')
}

async function newKey(page) {
  await page.getByRole('button', { name: 'New key' }).click()
  await page.fill('dialog input', 'ci')
  await page.locator('dialog button[type=submit]').click()
  await page.waitForSelector('.once')
}

export const adminScreens = [
  dock('changes', 'queues.py', mode('Changes')),
  dock('compare', 'queues.py', compare),
  dock('table', 'Customers', filter),
  settings('agent', `agents?id=${coder}`),
  settings('agent-tools', `agents?id=${coder}`, (page) => page.locator('.tool-grant').last().scrollIntoViewIfNeeded()),
  settings('agent-conflict', `agents?id=${coder}`, conflict),
  settings('key-made', 'keys', newKey),
]
