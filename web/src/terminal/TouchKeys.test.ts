import { expect, test } from 'vitest'
import { withControl } from './TouchKeys'

test.each([['c', '\x03'], ['C', '\x03'], ['[', '\x1b'], ['@', '\0'], ['5', '5'], ['pasted', 'pasted']])('Ctrl with %j sends %j', (typed, sent) => { expect(withControl(typed)).toBe(sent) })
