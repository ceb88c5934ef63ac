/** Every screen of the client, and how to come to it. */
import { adminScreens } from './screens.admin.mjs'
import { gatewayScreens } from './screens.gateway.mjs'
import { memoryScreens } from './screens.memory.mjs'
import { observeScreens } from './screens.observe.mjs'
import { resultScreens } from './screens.results.mjs'
import { runScreens } from './screens.runs.mjs'
import { toolScreens } from './screens.tools.mjs'
import { workspaceScreens } from './screens.workspaces.mjs'

const ready = (page) => page.waitForSelector('#message-box')
const say = async (page, text) => { await page.fill('#message-box', text); await page.press('#message-box', 'Enter'); if (await page.inputValue('#message-box') !== '') await page.click('.composer .send') }
const atChat = async ({ page, fake, go }) => { await go(`/chat/${fake.chats.show.id}`); await page.waitForSelector('.turn') ; await page.waitForTimeout(400) }
const settings = (path) => ({ name: `settings-${path}`, open: async ({ page, go }) => { await go(`/settings/${path}`); await page.waitForSelector('.settings-page h1') ; await page.waitForTimeout(400) } })

export const screens = [
  { name: 'signin', open: async ({ page, go }) => { await page.context().clearCookies(); await go('/'); await page.waitForSelector('h1') } },
  { name: 'register', open: async ({ page, go }) => { await go('/register?invite=abc'); await page.waitForSelector('h1') } },
  { name: 'setup', open: async ({ page, go }) => { await go('/setup?token=abc'); await page.waitForSelector('h1') } },
  { name: 'new', open: async ({ page, go }) => { await go('/'); await ready(page); await page.waitForSelector('.welcome'); await page.waitForTimeout(300) } },
  { name: 'chat', open: atChat },
  { name: 'chat-top', open: async (at) => { await atChat(at); await at.page.evaluate(() => document.querySelector('.talk-scroll').scrollTo(0, 0)); await at.page.waitForTimeout(200); await at.page.locator('.child-head').first().click(); await at.page.locator('.tool-head').last().click() } },
  { name: 'compare', open: async (at) => { await atChat(at); await at.page.locator('.turn').last().hover(); await at.page.locator('.branches .icon-btn').last().click(); await at.page.waitForSelector('.compare-text') } },
  { name: 'dock', page: { dock: true }, open: async (at) => { await atChat(at); if (at.size === 'wide') await at.page.locator('.chip').last().click(); await at.page.waitForTimeout(500) } },
  { name: 'approval', open: async (at) => { await atChat(at); await say(at.page, 'please install redis'); await at.page.waitForSelector('.ask'); await at.page.waitForTimeout(300) } },
  { name: 'question', open: async (at) => { await atChat(at); await say(at.page, 'ask me'); await at.page.waitForSelector('.ask-question'); await at.page.waitForTimeout(300) } },
  { name: 'failed', open: async (at) => { await atChat(at); await say(at.page, 'now fail'); await at.page.waitForSelector('.problem'); await at.page.waitForTimeout(300) } },
  { name: 'streaming', open: async (at) => { await atChat(at); await say(at.page, 'plan it with the team'); await at.page.waitForTimeout(2600) } },
  { name: 'mention', open: async (at) => { await atChat(at); await at.page.fill('#message-box', '@co'); await at.page.waitForSelector('.suggest') } },
  { name: 'commands', open: async (at) => { await atChat(at); await at.page.fill('#message-box', '/'); await at.page.waitForSelector('.suggest') } },
  { name: 'palette', open: async (at) => { await atChat(at); await at.page.keyboard.press('Control+k'); await at.page.waitForSelector('.palette .menu-item') } },
  { name: 'keys', open: async (at) => { await atChat(at); await at.page.keyboard.press('Control+/'); await at.page.waitForSelector('.keys') } },
  { name: 'search', open: async ({ page, go, size }) => { await go('/'); await ready(page); if (size === 'phone') await page.click('.bottom button'); await page.fill('.search input', 'broker'); await page.waitForSelector('.hit') } },
  { name: 'list', open: async ({ page, go, size }) => { await go('/'); await ready(page); if (size === 'phone') await page.click('.bottom button'); await page.waitForSelector('.item') ; await page.waitForTimeout(200) } },
  { name: 'menu', open: async (at) => { await atChat(at); await at.page.locator('.talk-top .icon-btn').last().click(); await at.page.waitForSelector('.menu') } },
  { name: 'place', open: async (at) => { at.fake.chats.show.workspace_id = at.fake.state.workspaces.id; await atChat(at); await at.page.getByRole('button', { name: 'Where the agents work' }).click(); await at.page.waitForSelector('.menu') } },
  { name: 'lost', open: async ({ page, go }) => { await go('/chat/nothing-here'); await page.waitForSelector('.empty') } },
  { name: 'nowhere', open: async ({ page, go }) => { await go('/nowhere'); await page.waitForSelector('.empty') } },
  ...['agents', 'general', 'account', 'keys', 'secrets', 'people', 'prompts', 'experiments'].map(settings),
  ...gatewayScreens,
  ...observeScreens,
  ...toolScreens,
  ...runScreens,
  ...memoryScreens,
  ...workspaceScreens,
  ...resultScreens,
  ...adminScreens,
]
