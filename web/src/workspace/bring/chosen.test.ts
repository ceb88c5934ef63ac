import { expect, it } from 'vitest'
import { bytesOf, loneArchive, nameOfChosen, topOf, withoutTop } from './chosen'

const chosen = (...paths: string[]) => paths.map((path) => ({ file: new File(['four'], path.split('/').at(-1) ?? ''), path }))
const paths = (of: { path: string }[]) => of.map(({ path }) => path)

it('takes the folder that everything is in for the workspace', () => {
  const folder = chosen('queues/README.md', 'queues/bench/run.py')
  expect(nameOfChosen(folder)).toBe('queues')
  expect(paths(withoutTop(folder))).toEqual(['README.md', 'bench/run.py'])
  expect(bytesOf(folder)).toBe(8)
})

it('keeps files from several places as they are', () => {
  const several = chosen('queues/README.md', 'notes.md', 'queue/a')
  expect(topOf(several)).toBeNull()
  expect(nameOfChosen(several)).toBe('')
  expect(paths(withoutTop(several))).toEqual(paths(several))
  expect(topOf([])).toBeNull()
})

it('unpacks an archive only when it is alone', () => {
  expect(loneArchive(chosen('queues.zip'))?.path).toBe('queues.zip')
  expect(loneArchive(chosen('queues.zip', 'README.md'))).toBeNull()
  expect(loneArchive(chosen('README.md'))).toBeNull()
  expect(['queues.tar.gz', 'queues.tgz', 'queues-0.2.zip'].map((path) => nameOfChosen(chosen(path)))).toEqual(['queues', 'queues', 'queues-0.2'])
})
