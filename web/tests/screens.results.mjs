/** The Results screen and every viewer of a result, in the form of screens.list.mjs. */
import { artifacts } from './fake/admin.artifacts.mjs'
import { screensOf } from './screens.at.mjs'

const at = screensOf('results')
const page = (title) => `/results/${artifacts.find((artifact) => artifact.title === title).id}`
const mode = (name) => ({ page: shown }) => shown.getByRole('radio', { name, exact: true }).click()
const action = (name) => async ({ page: shown }) => {
  await shown.getByRole('button', { name: 'More actions' }).click()
  if (name) await shown.getByRole('menuitem', { name }).click()
}

async function filter({ page: shown }) {
  await shown.getByLabel('Filter rows').fill('city:lisbon amount>5000')
  await shown.getByRole('columnheader', { name: 'amount' }).click()
  await shown.locator('.grid[aria-busy=false]').focus()
  for (const key of ['ArrowDown', 'ArrowDown']) await shown.keyboard.press(key)
}

async function edit(open) {
  await action('Edit')(open)
  await open.page.waitForSelector('.monaco-editor .view-line')
}

async function compare({ page: shown }) {
  await shown.getByRole('button', { name: 'History' }).click()
  await shown.waitForSelector('.dock-version')
}

export const resultScreens = [
  at('library', '/results', '.card'),
  at('code', page('queues.py'), '.line-text'),
  at('diff', page('queues.py'), '.line-text', mode('Changes')),
  at('history', page('queues.py'), '.line-text', compare),
  at('edit', page('queues.py'), '.line-text', edit),
  at('menu', page('queues.py'), '.line-text', action()),
  at('share', page('queues.py'), '.line-text', action('Share…')),
  at('text', page('Notes'), '.line-text'),
  at('markdown', page('Report'), '.dock-page h2'),
  at('image', page('Latency chart'), '.library-pane img'),
  at('video', page('Walk-through'), 'video'),
  at('audio', page('Alarm'), 'audio'),
  at('pdf', page('Quarterly report'), '.pdf-page canvas'),
  at('table', page('Customers'), '.grid', filter),
  at('table-empty', page('Customers'), '.grid', ({ page: shown }) => shown.getByLabel('Filter rows').fill('nobody')),
  at('json', page('settings.json'), '.tree'),
  at('json-table', page('runs.json'), '.grid'),
  at('chart', page('Jobs'), '.chart-frame svg'),
  at('chart-table', page('Jobs'), '.chart-frame svg', mode('Table')),
  at('web', page('Queue demo'), 'iframe'),
  at('interactive', page('Counter'), 'iframe'),
  at('terminal', page('Test run'), '.xterm-rows'),
  at('file', page('Minutes'), '.empty'),
]
