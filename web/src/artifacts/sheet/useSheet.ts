import { useEffect, useState } from 'react'
import { Desk } from './Desk'
import type { Source } from './messages'
import { Sheet } from './Sheet'

/** What became of a source: still being read, a table with its desk, a document that is no table, or broken. */
export type Opening =
  | { is: 'opening' }
  | { is: 'table'; sheet: Sheet; desk: Desk }
  | { is: 'other' }
  | { is: 'broken'; why: string }

const OPENING: Opening = { is: 'opening' }

/** Reads a source in a worker of its own, which lives for as long as the source is shown; null reads nothing. */
export function useSheet(source: Source | null): Opening {
  const [opened, setOpened] = useState<{ source: Source; opening: Opening } | null>(null)
  useEffect(() => {
    if (!source) return
    const worker = new Worker(new URL('./sheet.worker.ts', import.meta.url), { type: 'module' })
    const desk = new Desk(worker)
    let isLeft = false
    worker.onerror = ({ message }) => desk.fail(new Error(message || 'The worker that reads tables did not start.'))
    const tell = (opening: Opening): void => {
      if (!isLeft) setOpened({ source, opening })
    }
    desk.open(source).then(
      (understood) =>
        tell(
          understood.is === 'table'
            ? { is: 'table', sheet: new Sheet(understood.columns, understood.rows, source.text), desk }
            : understood,
        ),
      (error: unknown) => tell({ is: 'broken', why: String(error) }),
    )
    return () => {
      isLeft = true
      worker.terminate()
    }
  }, [source])
  return opened && opened.source === source ? opened.opening : OPENING
}
