import { expect, test } from 'vitest'
import { rangeOf, wholeIn } from './whole'

test.each([['365', 365], [' 1 ', 1], ['0', null], ['36501', null], ['', null], ['1.5', null], ['1e3', null], ['-3', null], ['ten', null]])('%j as days', (typed, expected) => expect(wholeIn(typed, rangeOf.keep_interactions_days)).toBe(expected))
