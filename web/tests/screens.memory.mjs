/** The Memory screen in the states worth looking at, in the form of screens.list.mjs. */
import { graphOf } from './fake/memory.mjs'
import { button, screensOf, settle } from './screens.at.mjs'

const at = screensOf('memory')
const emptied = ({ fake }) => fake.state.memory.emptied()
/** Shows the memory of the fake's workspace at this place. */
const choose = (page, index) => page.locator('.memory-whose select').selectOption({ index: index + 1 })
const arranged = (page) => page.waitForSelector('[data-arranged]', { timeout: 20_000 })

/** An answer that was given memories and cites them, at the end of the shown chat. */
async function recalled({ page, fake, go }) {
  const { team, chats, memory } = fake.state
  team.append(chats.show, { parts: [{ type: 'text', text: 'When do releases go out, and who does it?' }] })
  const items = [memory.memories[0], memory.memories[4], memory.memories[8]].map(({ id, kind, text, source }, index) => ({ memory_id: id, kind, text, source, score: 0.03, why: index === 2 ? null : 'Found because it is close in meaning and holds “releases”.' }))
  team.append(chats.show, { role: 'assistant', agent: 'universal', run_id: 'r-recalled', model: 'claude-sonnet-5', duration_ms: 2100, parts: [{ type: 'context', items }, { type: 'text', text: 'Releases go out on **Thursdays at 14:00** [1]; Marina publishes them, Ilya stands in [2]. They reach heron first [3].' }] })
  await go(`/chat/${chats.show.id}`)
  await page.waitForSelector('.recalled-chip')
  await settle(page)
}

export const memoryScreens = [
  at('start', '/memory/search', '.tile'),
  at('search', '/memory/search?q=when+do+releases+go+out', '.found', async ({ page }) => { await page.locator('.why-button').nth(2).click(); await page.waitForSelector('.why') }),
  at('nothing', '/memory/search?q=zebra&kind=fact&agent=operator', '.hits-none'),
  at('empty', '/memory/search', '.empty', undefined, emptied),
  at('documents', '/memory/documents', '.job-file'),
  at('documents-empty', '/memory/documents', '.memory-none', undefined, emptied),
  at('document', '/memory/documents', '.doc-name a', async ({ page }) => { await page.locator('.doc-name a').first().click(); await page.waitForSelector('.chunk') }),
  at('add', '/memory/documents', '.doc-name a', async ({ page }) => { await button(page, 'Paste a text'); await page.locator('dialog button[type=submit]').click() }),
  at('facts', '/memory/facts', '.fact'),
  at('fact-edit', '/memory/facts', '.fact', ({ page }) => page.locator('.fact-row-acts .icon-btn').first().click()),
  at('fact-conflict', '/memory/facts', '.fact', async ({ page, fake }) => {
    await page.locator('.fact-row-acts .icon-btn').first().click()
    Object.assign(fake.state.memory.memories[0], { version: 2, text: 'Releases go out on Wednesdays.' })
    await page.locator('.fact-editor textarea').fill('Releases go out on Fridays.')
    await page.route('**/my/memory/*', async (route) => (route.request().method() === 'PATCH' ? route.fulfill({ status: 412, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Changed meanwhile', status: 412, detail: '' }) }) : route.fallback()))
    await page.locator('.fact-editor button[type=submit]').click()
    await page.waitForSelector('.fact-conflict')
  }),
  at('facts-empty', '/memory/facts', '.empty', undefined, emptied),
  at('forget', '/memory/facts', '.fact', async ({ page }) => { await page.getByRole('button', { name: 'All memories' }).click(); await page.getByRole('menuitem', { name: 'Forget about…' }).click(); await page.locator('dialog input').first().fill('releases'); await button(page, 'Show what that is'); await page.waitForSelector('.forget-preview li') }),
  at('graph', '/memory/graph', '.drawing-stage canvas', async ({ page }) => { await arranged(page); await page.locator('.find-node input').fill('heron'); await page.waitForSelector('.found-nodes .menu-item'); await page.keyboard.press('Enter'); await page.waitForSelector('.node-detail') }),
  at('graph-path', '/memory/graph?view=list', '.node-row', async ({ page }) => { await page.locator('.node-row').nth(3).click(); await button(page, 'Path from here'); await page.locator('.node-row').nth(60).click(); await button(page, 'Path to here'); await page.waitForSelector('.path-node'); await page.getByRole('radio', { name: 'Drawing' }).click(); await arranged(page) }),
  at('graph-list', '/memory/graph?view=list', '.node-row', async ({ page }) => { await page.locator('.node-row').nth(2).click() }),
  at('graph-large', '/memory/graph?nodes=5000', '.drawing-stage canvas', ({ page }) => arranged(page), ({ fake }) => { fake.state.memory.graph = graphOf(5000) }),
  at('graph-empty', '/memory/graph', '.empty', undefined, emptied),
  at('shared', '/memory/facts', '.memory-whose', async ({ page }) => { await choose(page, 0); await page.waitForSelector('.fact') }),
  at('shared-viewer', '/memory/facts', '.memory-whose', async ({ page }) => { await choose(page, 2); await page.waitForSelector('.memory-viewing') }),
  at('shared-documents', '/memory/documents', '.memory-whose', async ({ page }) => { await choose(page, 0); await page.waitForSelector('.doc-name .source', { state: 'attached' }) }),
  at('shared-settings', '/memory/settings', '.memory-whose', async ({ page }) => { await choose(page, 0); await page.waitForSelector('.embedder') }),
  at('wide', '/memory/search?q=when+do+releases+go+out&wide=1', '.found', undefined, ({ fake }) => { fake.state.memory.workspace = fake.state.workspaces.id }),
  at('settings', '/memory/settings', '.embedder'),
  at('moving', '/memory/settings', '.embedder', async ({ page }) => { await page.locator('.embedder').last().click(); await page.locator('dialog .btn-primary').click(); await page.waitForSelector('.moving') }),
  { name: 'memory-recalled', open: async (world) => { await recalled(world); await world.page.locator('.recalled-chip').last().click(); await world.page.waitForSelector('.recalled-list') } },
  at('agent', '/settings/agents', '.agent-row', async ({ page }) => { await page.locator('.agent-row').nth(1).click(); await page.waitForSelector('.memory-scope'); await page.locator('.memory-scope').scrollIntoViewIfNeeded() }),
]
