/** What a person does on the Team screen, in Chromium against the fake: node tests/actions.mjs [name filter]. Exits 1 when something fails. */
import assert from 'node:assert/strict'
import { openBrowser, openPage } from './browser.mjs'
import { startFake } from './fake/server.mjs'

const say = async (page, text) => { await page.fill('#message-box', text); await page.press('#message-box', 'Enter') }
const lastTurn = (page) => page.locator('.turn').last()
const done = async (page) => { await page.waitForSelector('.composer .stop', { timeout: 15_000 }).catch(() => undefined); await page.waitForSelector('.composer .stop', { state: 'detached', timeout: 30_000 }) }
const until = async (check, what) => { for (let n = 0; n < 80; n++) { if (await check()) return; await new Promise((resolve) => setTimeout(resolve, 100)) } assert.fail(what) }

const actions = {
  'a first message makes a chat and is answered': async ({ page, go }) => {
    await go('/')
    await page.waitForSelector('#message-box')
    await say(page, 'Good morning')
    await page.waitForURL(/\/chat\//)
    await done(page)
    assert.match(await lastTurn(page).innerText(), /You said: “Good morning”/)
    await until(() => page.locator('.item-link', { hasText: 'Good morning' }).count(), 'the chat is in the list')
  },
  'A approves and D denies': async ({ page, atChat }) => {
    await atChat()
    for (const [key, words] of [['a', /Installed/], ['d', /in-memory/]]) {
      await say(page, 'please install it')
      await page.waitForSelector('.ask')
      await page.locator('.talk-scroll').focus()
      await page.keyboard.press(key)
      await done(page)
      assert.match(await lastTurn(page).innerText(), words)
    }
  },
  'edited arguments are what runs': async ({ page, atChat }) => {
    await atChat()
    await say(page, 'please install it')
    await page.locator('.ask .btn', { hasText: 'Edit' }).click()
    await page.fill('.ask textarea', '{"command": "echo hello"}')
    await page.locator('.ask .btn-primary').click()
    await done(page)
    await lastTurn(page).locator('.tool-head').click()
    assert.match(await lastTurn(page).innerText(), /ran echo hello/)
  },
  'a question is answered by an option': async ({ page, atChat }) => {
    await atChat()
    await say(page, 'ask me')
    await page.locator('.ask-options .btn', { hasText: 'RabbitMQ' }).click()
    await done(page)
    assert.match(await lastTurn(page).innerText(), /for RabbitMQ/)
  },
  'stop ends the run': async ({ page, atChat }) => {
    await atChat()
    await say(page, 'tell me')
    await page.click('.composer .stop')
    await until(async () => /Stopped/.test(await lastTurn(page).innerText()), 'it says that it was stopped')
  },
  'editing begins a branch, and one can go back': async ({ page, atChat }) => {
    await atChat()
    await say(page, 'first wording')
    await done(page)
    await page.locator('.you').last().hover()
    await page.locator('.you').last().getByRole('button', { name: 'Edit' }).click()
    await page.fill('.you-editor textarea', 'second wording')
    await page.locator('.you-editor .btn-primary').click()
    await done(page)
    const branches = page.locator('.you').last().locator('.branches')
    assert.match(await branches.innerText(), /2\/2/)
    await branches.getByRole('button', { name: 'Previous version' }).click()
    await until(async () => /first wording/.test(await page.locator('.you').last().innerText()), 'the first wording is back')
  },
  'an answer again, with another model': async ({ page, atChat }) => {
    await atChat()
    await say(page, 'once more')
    await done(page)
    await lastTurn(page).hover()
    await lastTurn(page).getByRole('button', { name: 'Answer again', exact: true }).click()
    await until(async () => /2\/2/.test(await lastTurn(page).locator('.branches').innerText().catch(() => '')), 'there are two answers')
  },
  'a failed run shows what helps': async ({ page, atChat }) => {
    await atChat()
    await say(page, 'now fail')
    await page.waitForSelector('.problem')
    assert.match(await page.locator('.problem').innerText(), /Check the key/)
    await page.locator('.problem .btn', { hasText: 'Models' }).click()
    await page.waitForURL(/gateway\/models/)
  },
  'what a called agent does is shown under the call': async ({ page, atChat }) => {
    await atChat()
    await say(page, 'plan it')
    await page.locator('.child-head').last().click()
    await done(page)
    assert.match(await page.locator('.child-body').last().innerText(), /web_search[\s\S]*longest history/)
  },
  '@ and / menus by keyboard': async ({ page, atChat }) => {
    await atChat()
    await page.locator('#message-box').pressSequentially('@res')
    await page.keyboard.press('Tab')
    assert.equal(await page.inputValue('#message-box'), '@researcher ')
    await page.fill('#message-box', '')
    await page.locator('#message-box').pressSequentially('/theme')
    await page.keyboard.press('Enter')
    await until(() => page.evaluate(() => document.documentElement.dataset.theme === 'light'), 'the theme is light')
  },
  'a draft survives a reload': async ({ page, atChat }) => {
    await atChat()
    await page.fill('#message-box', 'half a thought')
    await page.reload()
    await page.waitForSelector('.turn')
    assert.equal(await page.inputValue('#message-box'), 'half a thought')
  },
  'two versions are compared by keyboard, and one is gone on with': async ({ page, atChat }) => {
    await atChat()
    await page.locator('.branches .icon-btn').last().focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('.compare-text')
    const sides = await page.locator('.compare-side').allInnerTexts()
    assert.match(sides[0], /Version 1[^]*claude-sonnet-5 · 18 s · 4,210 in, 890 out/)
    assert.match(sides[1], /Version 2/)
    assert.ok((await page.locator('del.words').allInnerTexts()).includes('broker '))
    assert.ok((await page.locator('ins.words').allInnerTexts()).some((words) => words.includes('time')))
    await page.keyboard.press('Escape')
    await until(async () => await page.locator('dialog[open]').count() === 0, 'Escape closes it')
    await page.locator('.branches .icon-btn').last().click()
    await page.getByRole('button', { name: 'Go on with this one', disabled: false }).click()
    await until(async () => /throughput with time\.monotonic/.test(await page.locator('.turn').last().innerText()), 'the other version is shown')
  },
  'Home goes to the first message, End to the last': async ({ page, fake, go }) => {
    await go(`/chat/${fake.chats.long.id}`)
    await page.waitForSelector('.turn')
    await page.focus('.talk-scroll')
    await page.keyboard.press('Home')
    await page.getByText('Question 1: what').waitFor()
    await page.keyboard.press('End')
    await until(() => page.evaluate(() => { const box = document.querySelector('.talk-scroll'); return box.scrollHeight - box.scrollTop - box.clientHeight < 2 }), 'the end is shown')
  },
  'a file is attached and sent': async ({ page, atChat }) => {
    await atChat()
    await page.setInputFiles('input[type=file]', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') })
    await page.waitForSelector('.uploads .chip:not(:has(progress))')
    await say(page, 'read this')
    await until(async () => /notes\.txt/.test(await page.locator('.you').last().innerText()), 'the message carries the file')
  },
  'pin, rename and delete in the list': async ({ page, atChat }) => {
    await atChat()
    const menu = async (title, entry) => { await page.locator('.item', { hasText: title }).hover(); await page.locator('.item', { hasText: title }).locator('.item-menu').click(); await page.locator('.menu-item', { hasText: entry }).click() }
    await menu('Invoice parser', 'Rename')
    await page.fill('.item-rename', 'Invoices')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.item-link:has-text("Invoices")')
    await menu('Invoices', 'Pin')
    await until(async () => (await page.locator('section[aria-label=Pinned]').innerText()).includes('Invoices'), 'it is pinned')
    await menu('Invoices', 'Delete')
    await page.locator('dialog .btn-danger').click()
    await until(async () => await page.locator('.item-link', { hasText: 'Invoices' }).count() === 0, 'it is gone')
  },
  'the palette finds chats, words and actions': async ({ page, atChat }) => {
    await atChat()
    await page.keyboard.press('Control+k')
    await page.fill('.palette input', 'old chat 7')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/chat\//)
    await page.keyboard.press('Control+k')
    await page.fill('.palette input', 'Português')
    await page.keyboard.press('Enter')
    await page.waitForSelector('text=A sua equipa')
  },
  'a reader who scrolled up is not moved': async ({ page, fake, go }) => {
    await go(`/chat/${fake.chats.long.id}`)
    await page.waitForSelector('.turn')
    await page.waitForTimeout(500)
    await page.evaluate(() => document.querySelector('.talk-scroll').scrollBy(0, -900))
    await page.waitForTimeout(400)
    const at = () => page.evaluate(() => { const box = document.querySelector('.talk-scroll'); const top = box.getBoundingClientRect().top; const row = [...box.querySelectorAll('.talk-row')].find((item) => item.getBoundingClientRect().bottom > top + 60); return `${row.dataset.index} ${Math.round(row.getBoundingClientRect().top)}` })
    const before = await at()
    await fetch(`${fake.url}/my/chat/${fake.chats.long.id}/burst`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"rate":200,"seconds":2}' })
    assert.equal(await at(), before)
    await page.locator('.to-end', { hasText: 'New messages' }).click()
    await until(() => page.evaluate(() => { const box = document.querySelector('.talk-scroll'); return box.scrollHeight - box.scrollTop - box.clientHeight < 4 }), 'it is at the end')
  },
  'signing out leaves the page and its tabs': async ({ page, atChat }) => {
    await atChat()
    await page.click('.avatar')
    await page.locator('.menu-item', { hasText: 'Sign out' }).click()
    await page.waitForURL(/signin/)
    await page.fill('input[type=email]', 'ana@example.org')
    await page.fill('input[type=password]', 'correct horse')
    await page.click('.auth-form .btn-primary')
    await page.waitForSelector('#message-box')
  },
  'a server that fails is told, with a way out': async ({ page, fake, go }) => {
    fake.state.refuse.add('/my/chat')
    await go(`/chat/${fake.chats.show.id}`)
    await page.waitForSelector('.talk .empty', { timeout: 20_000 })
    fake.state.refuse.clear()
    await page.locator('.talk .empty .btn').click()
    await page.waitForSelector('.turn')
  },
}

const browser = await openBrowser()
const failed = []
for (const [name, act] of Object.entries(actions)) {
  if (!name.includes(process.argv[2] ?? '')) continue
  const fake = await startFake({ folder: process.env.STATIC, long: 120 })
  const page = await openPage(browser, fake)
  page.setDefaultTimeout(20_000)
  const go = (path) => page.goto(fake.url + path)
  const atChat = async () => { await go(`/chat/${fake.chats.show.id}`); await page.waitForSelector('.turn') }
  try {
    await act({ page, fake, go, atChat })
    const odd = page.problems.filter((problem) => !/Failed to load resource/.test(problem))
    assert.deepEqual(odd, [])
    console.log(`ok    ${name}`)
  } catch (error) {
    failed.push(name)
    console.log(`FAIL  ${name}\n      ${String(error.message).split('\n').slice(0, 3).join(' ')}`)
    await page.screenshot({ path: `/tmp/failed-${failed.length}.png` }).catch(() => undefined)
  }
  await page.context().close()
  fake.close()
}
await browser.close()
console.log(failed.length === 0 ? 'all passed' : `${failed.length} failed`)
process.exit(failed.length === 0 ? 0 : 1)
