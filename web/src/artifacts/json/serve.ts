import { linesAsList } from '../sheet/lines'
import type { Port } from '../sheet/messages'
import { whyBroken } from './broken'
import { formatJson } from './formatJson'
import type { TreeAnswer, TreeAsked } from './messages'
import { scanJson } from './scan'

/** The worker's side of a tree: finds where the values stand, and writes out what is to be copied. */
export function serve(port: Port<TreeAnswer, TreeAsked>): void {
  let text = ''
  let isLines = false
  port.onmessage = ({ data }) => {
    if (data.ask === 'open') {
      ;({ text, isLines } = data)
      const answer = understand(text, isLines)
      port.postMessage(answer, { transfer: answer.is === 'tree' ? Object.values(answer.nodes).map(({ buffer }) => buffer as ArrayBuffer) : [] })
    } else {
      const part = data.isWhole && isLines ? linesAsList(text) : text.slice(data.from, data.to)
      port.postMessage({ is: 'formatted', text: formatJson(part) }, { transfer: [] })
    }
  }
}

function understand(text: string, isLines: boolean): TreeAnswer & { is: 'tree' | 'broken' } {
  try {
    JSON.parse(isLines ? linesAsList(text) : text)
  } catch (error) {
    return { is: 'broken', why: whyBroken(text, error, isLines) }
  }
  return { is: 'tree', nodes: scanJson(text, isLines) }
}
