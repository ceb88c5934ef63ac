/** A screen as the lists of screens have it: go to a path, wait until it is ready, do something, let it come to rest. */
export const settle = (page) => page.waitForTimeout(350)
export const button = (page, name) => page.getByRole('button', { name, exact: true }).first().click()

/** Screens of a room. `before` is called first; a path may be made of the room's part of the fake server's state. */
export const screensOf = (room) => (name, path, ready, act, before, more = {}) => ({
  name: `${room}-${name}`,
  ...more,
  open: async ({ page, fake, go, size }) => {
    await before?.({ page, fake })
    await go(typeof path === 'function' ? path(fake.state[room]) : path)
    await page.waitForSelector(ready)
    await settle(page)
    await act?.({ page, fake, size })
    await settle(page)
  },
})
