/** The screens of runs, plans, queues, schedules and prompts in the states worth looking at, in the form of screens.list.mjs. */
import { button, screensOf } from './screens.at.mjs'

const at = screensOf('runs')
const emptied = ({ fake }) => fake.state.runs.emptied()
const run = ({ main }) => `/runs/${main.id}`
const plan = (index) => ({ plans }) => `/runs/plans/${plans[index].id}`

/** A turn that carries out a plan, one that rests, and one that was given a word on the way, at the end of the shown chat. */
async function withPlan({ page, fake, go }, index) {
  const { team, chats, runs } = fake.state
  const { id: plan_id, goal, run_id } = runs.plans[index]
  team.append(chats.show, { parts: [{ type: 'text', text: goal }] })
  const message = team.append(chats.show, { role: 'assistant', agent: 'orchestrator', run_id, status: index === 0 ? 'streaming' : 'waiting', model: 'claude-sonnet-5', parts: [{ type: 'plan', plan_id, goal }, ...(index === 0 ? [{ type: 'note', text: 'also try messages of 64 kB', at: new Date().toISOString() }] : [])] })
  runs.runs.push({ ...runs.main, id: run_id, chat_id: chats.show.id, routed: { intent: 'research', confidence: 0.92, handler: 'plan' } })
  if (index === 0) {
    const asking = runs.plans[0].tasks.find(({ status }) => status === 'asking')
    const approval = { id: 'ask-plan', kind: 'approval', app: null, session_id: null, chat_id: chats.show.id, run_id: asking.run_id, message_id: message.id, tool_call_id: 'c9', agent: 'coder', tool: 'run_command', args: { command: 'apt-get install -y redis-server' }, question: null, options: [], risk: 'high', status: 'pending', created_at: new Date().toISOString(), expires_at: new Date(Date.now() + 3.6e6).toISOString(), decided_at: null }
    team.approvals.set(approval.id, approval)
  }
  await go(`/chat/${chats.show.id}`)
  await page.waitForSelector('.plan-line')
  await page.waitForTimeout(600)
}

export const runScreens = [
  at('list', '/runs', '.run-title'),
  at('empty', '/runs', '.empty', undefined, emptied),
  at('run', run, '.step', async ({ page }) => { await page.locator('.step-head').nth(5).click(); await page.waitForTimeout(200); await button(page, 'Log of this step'); await page.waitForSelector('.step-log li') }),
  at('fork', run, '.step', async ({ page }) => { await page.locator('.step-head').nth(5).click(); await button(page, 'Fork from here'); await page.waitForSelector('dialog .segments'); await page.getByRole('radio', { name: 'The result' }).click() }),
  at('paused', ({ runs }) => `/runs/${runs.find(({ status }) => status === 'paused').id}`, '.steer-box'),
  at('compare', ({ main, fork }) => `/runs/compare?a=${main.id}&b=${fork.id}`, '.pair'),
  at('plans', '/runs/plans', '.plan-row'),
  at('plan', plan(0), '.graph-node', async ({ page }) => { await page.locator('.graph-node').nth(3).click() }),
  at('plan-proposed', plan(1), '.graph-node'),
  at('plan-edit', plan(1), '.graph-node', async ({ page }) => { await button(page, 'Edit'); await page.waitForSelector('.plan-task'); await page.getByRole('button', { name: 'More about task 5' }).click(); await page.waitForSelector('.plan-task-more') }),
  at('plan-failed', plan(3), '.notice-bad'),
  at('queues', '/runs/queues', '.queue', async ({ page }) => { await page.locator('.queue-name').nth(2).click(); await page.waitForSelector('.queue-item') }),
  at('schedules', '/runs/schedules', '.schedule'),
  at('schedule', '/runs/schedules', '.schedule', async ({ page }) => { await button(page, 'New schedule'); await page.waitForSelector('.cron-next'); await page.locator('dialog button[type=submit]').click() }),
  at('schedules-empty', '/runs/schedules', '.empty', undefined, emptied),
  at('fragment', ({ fragments }) => `/settings/prompts?id=${fragments[0].id}`, '.fragment-version', async ({ page }) => { await button(page, 'What changed'); await page.waitForSelector('.fragment-diff .line'); await page.locator('.fragment-diff').scrollIntoViewIfNeeded() }),
  at('experiment', '/settings/experiments', '.experiment-body', async ({ page }) => { await button(page, 'Change Brief or thorough') }),
  at('import', '/settings/agents', '.agent-row', async ({ page }) => { await page.locator('.admin-head .icon-btn').click(); await page.getByRole('menuitem', { name: 'Import…' }).click(); await page.locator('dialog input[type=file]').setInputFiles(['coder.md', 'writer.md', 'broken.md'].map((name) => ({ name, mimeType: 'text/markdown', buffer: Buffer.from('---\nname: x\n---\nDo it.\n') }))); await page.locator('dialog .btn-primary').click(); await page.waitForSelector('dialog [role=status] li') }),
  at('agent', '/settings/agents', '.agent-row', async ({ page }) => { await page.locator('.agent-row').nth(1).click(); await page.waitForSelector('.fragment-picks'); await page.locator('.fragment-picks').scrollIntoViewIfNeeded() }),
  { name: 'runs-card', open: (world) => withPlan(world, 0) },
  { name: 'runs-card-proposed', open: (world) => withPlan(world, 1) },
  { name: 'runs-steering', open: async (world) => { await withPlan(world, 0); await world.page.fill('#message-box', 'also try messages of 64 kB'); await world.page.waitForSelector('.when-busy') } },
]
