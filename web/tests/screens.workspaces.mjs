/** The Workspace screen in the states worth looking at, in the form of screens.list.mjs. */
import { button, screensOf, settle } from './screens.at.mjs'

const at = screensOf('workspaces')
const here = ({ id }) => `/workspaces/${id}`
const side = (page, name) => page.getByRole('tab', { name }).first().click()
const pane = async (page, size, name) => { if (size === 'phone') await page.getByRole('radio', { name, exact: true }).click() }
const openFile = async (page, path) => {
  const parts = path.split('/')
  for (const part of parts) await page.getByRole('treeitem', { name: part }).first().click()
  await page.waitForSelector('.ws-code .view-line')
}

export const workspaceScreens = [
  at('list', '/workspaces', '.ws-card'),
  at('empty', (doors) => doors.emptied(), '.ws-teach'),
  at('new', '/workspaces', '.ws-card', ({ page }) => button(page, 'Import')),
  at('bring', '/workspaces', '.ws-card', async ({ page }) => { await button(page, 'Import'); await page.getByRole('radio', { name: 'This computer' }).click() }),
  at('brought', '/workspaces', '.ws-card', async ({ page }) => {
    await button(page, 'Import')
    await page.getByRole('radio', { name: 'This computer' }).click()
    await page.locator('input[type=file]').last().setInputFiles({ name: 'queues-0.2.zip', mimeType: 'application/zip', buffer: Buffer.alloc(48_000) })
    await page.waitForSelector('.ws-brought')
  }),
  at('nothing', here, '.ws-row'),
  at('file', here, '.ws-row', async ({ page }) => { await openFile(page, 'bench/queues.py'); await page.locator('.ws-code').click(); await page.keyboard.type('# noted\n') }),
  at('tree', here, '.ws-row', async ({ page, size }) => { await openFile(page, 'bench/queues.py'); await pane(page, size, 'Browse'); await page.locator('.ws-row').nth(2).click({ button: 'right' }) }),
  at('conflict', here, '.ws-row', async ({ page, fake }) => {
    await openFile(page, 'bench/queues.py')
    await page.locator('.ws-code').click()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('# mine\n')
    const doors = fake.state.workspaces
    doors.elsewhere('bench/queues.py', doors.files.get('bench/queues.py').content.toString().replace('n: int', 'count: int').replace('warm_up(200)', 'warm_up(500)'))
    await page.waitForSelector('.ws-conflict .view-line')
  }),
  at('search', here, '.ws-row', async ({ page }) => { await side(page, 'Search'); await page.getByRole('searchbox').fill('rows'); await page.waitForSelector('.ws-result') }),
  at('git', here, '.ws-row', async ({ page, size }) => { await side(page, /Git changes/); await page.waitForSelector('.ws-change'); await page.locator('.ws-change-open').last().click(); await page.waitForSelector('.ws-hunk'); if (size === 'phone') await pane(page, size, 'Browse') }),
  at('review-large', here, '.ws-row', async ({ page }) => { await side(page, /Agents’ edits/); await page.waitForSelector('.ws-change'); await page.locator('.ws-change-open', { hasText: 'rounds.csv' }).click(); await page.waitForSelector('.ws-none') }),
  at('review', here, '.ws-row', async ({ page }) => { await side(page, /Agents’ edits/); await page.waitForSelector('.ws-change'); await page.locator('.ws-change-open').first().click(); await page.waitForSelector('.ws-hunk') }),
  at('terminal', here, '.ws-row', async ({ page, size }) => {
    await openFile(page, 'bench/queues.py')
    if (size === 'phone') await pane(page, size, 'Terminal')
    else await page.getByRole('button', { name: 'Terminal', exact: true }).click()
    await page.locator('.ws-shells .btn-primary').click()
    await page.waitForSelector('.xterm-rows')
  }),
  at('sandboxes', here, '.ws-row', async ({ page }) => { await side(page, 'Sandboxes'); await page.waitForSelector('.ws-snapshots'); await page.waitForTimeout(4500) }),
  at('network', here, '.ws-row', async ({ page }) => { await side(page, 'Sandboxes'); await page.locator('.ws-network').first().click() }),
  at('people', here, '.ws-row', async ({ page }) => { await side(page, 'People'); await page.waitForSelector('.ws-member') }),
  at('trash', here, '.ws-row', async ({ page }) => { await side(page, 'Trash'); await page.waitForSelector('.ws-thrown') }),
  at('import', here, '.ws-row', ({ page }) => settle(page), ({ fake }) => { fake.state.workspaces.answer({ method: 'POST', path: `/api/v1/workspaces/${fake.state.workspaces.id}/import`, query: new URLSearchParams(), body: { url: 'https://git.example.org/team/queues.git' } }) }),
  at('picker', '/', '#message-box', async ({ page }) => { await page.getByRole('button', { name: /Where the agents work/ }).click() }),
]
