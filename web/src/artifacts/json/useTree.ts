import { useEffect, useState } from 'react'
import type { JsonTree } from './JsonTree'
import { TreeDesk } from './TreeDesk'

export type Opening = { is: 'opening' } | { is: 'tree'; tree: JsonTree; desk: TreeDesk } | { is: 'broken'; why: string }

const OPENING: Opening = { is: 'opening' }

/** Reads a document (with `isLines` one a line) in a worker of its own, which lives for as long as the text is shown. */
export function useTree(text: string, isLines: boolean): Opening {
  const [opened, setOpened] = useState<{ text: string; opening: Opening } | null>(null)
  useEffect(() => {
    const worker = new Worker(new URL('./tree.worker.ts', import.meta.url), { type: 'module' })
    const desk = new TreeDesk(worker)
    let isLeft = false
    worker.onerror = ({ message }) => desk.fail(new Error(message || 'The worker that reads JSON did not start.'))
    const tell = (opening: Opening): void => {
      if (!isLeft) setOpened({ text, opening })
    }
    desk.open(text, isLines).then(
      (understood) => tell(understood.is === 'tree' ? { ...understood, desk } : understood),
      (error: unknown) => tell({ is: 'broken', why: String(error) }),
    )
    return () => {
      isLeft = true
      worker.terminate()
    }
  }, [text, isLines])
  return opened && opened.text === text ? opened.opening : OPENING
}
