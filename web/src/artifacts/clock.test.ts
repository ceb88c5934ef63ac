import { expect, it } from 'vitest'
import { clock } from './clock'

it('tells minutes and seconds, and hours where there are any', () => {
  expect([0, 0.9, 65, 600, 3599.9, 3600, 3723].map(clock)).toEqual(['0:00', '0:00', '1:05', '10:00', '59:59', '1:00:00', '1:02:03'])
})
