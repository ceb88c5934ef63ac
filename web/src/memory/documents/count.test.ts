import { expect, test } from 'vitest'
import en from '@/i18n/en/memory'
import { fileOf, jobOf } from '../testing/memories'
import { adviceFor } from './advice'
import { counted } from './count'

test('files that ended are counted, however they ended', () => {
  const files = (['waiting', 'reading', 'indexing', 'done', 'failed', 'unchanged', 'cancelled'] as const).map((status) => fileOf({ status }))
  expect(counted(jobOf({ files, files_total: 7, files_failed: 1 }))).toEqual({ done: 4, failed: 1, total: 7 })
})

test('of very many files only some are told, but all are counted', () => expect(counted(jobOf({ files: [fileOf()], files_total: 900 })).total).toBe(900))

test.each(['too_large', 'unsupported', 'encrypted', 'corrupt', 'empty', 'timeout', 'bomb', 'unreachable', 'refused', 'too_many', 'no_text', 'no_vision', 'quota', 'unknown', 'never-heard-of'])('there is advice for a file that is %s', (code) => {
  expect(en[adviceFor({ code, detail: '' })]).toMatch(/\w/)
})

test('a code is understood in either spelling', () => expect(adviceFor({ code: 'too-large', detail: '' })).toBe(adviceFor({ code: 'too_large', detail: '' })))
