import { describe, expect, it } from 'vitest'
import { checkPassword } from './password'

const good = { current_password: 'correct horse', new_password: 'battery staple', again: 'battery staple' }

describe('checkPassword', () => {
  it('passes a good change', () => {
    expect(checkPassword(good)).toEqual({})
  })
  it.each([
    [{ current_password: '' }, { current_password: 'needed' }],
    [{ new_password: 'short', again: 'short' }, { new_password: 'passwordShort' }],
    [{ new_password: 'x'.repeat(201), again: 'x'.repeat(201) }, { new_password: 'passwordLong' }],
    [{ new_password: 'correct horse', again: 'correct horse' }, { new_password: 'passwordSame' }],
    [{ again: 'other' }, { again: 'passwordDiffers' }],
  ])('%j gives %j', (change, mistakes) => {
    expect(checkPassword({ ...good, ...change })).toEqual(mistakes)
  })
})
