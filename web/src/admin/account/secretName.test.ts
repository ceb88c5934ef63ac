import { expect, it } from 'vitest'
import { checkSecretName } from './secretName'

it.each([
  ['GITHUB_TOKEN', null],
  [' padded ', null],
  ['_x1', null],
  ['', 'needed'],
  ['  ', 'needed'],
  ['a-b.c', null],
  ['a b', 'badSecretName'],
  ['é', 'badSecretName'],
  ['x'.repeat(101), 'badSecretName'],
])('checkSecretName(%j) is %j', (name, mistake) => {
  expect(checkSecretName(name)).toBe(mistake)
})
