import type { Port } from '../sheet/messages'
import { JsonTree } from './JsonTree'
import type { TreeAnswer, TreeAsked } from './messages'

interface Awaited {
  resolve: (answer: TreeAnswer) => void
  reject: (error: Error) => void
}

/** What became of a text: a tree that can be looked at, or the reason why it is none. */
export type Understood = { is: 'tree'; tree: JsonTree } | { is: 'broken'; why: string }

/** The page's side of the worker. */
export class TreeDesk {
  readonly #port: Port<TreeAsked, TreeAnswer>
  readonly #awaited: Awaited[] = []

  constructor(port: Port<TreeAsked, TreeAnswer>) {
    this.#port = port
    port.onmessage = ({ data }) => this.#awaited.shift()?.resolve(data)
  }

  async open(text: string, isLines: boolean): Promise<Understood> {
    const answer = await this.#ask({ ask: 'open', text, isLines })
    if (answer.is === 'tree') return { is: 'tree', tree: new JsonTree(text, answer.nodes, isLines) }
    return { is: 'broken', why: answer.is === 'broken' ? answer.why : '' }
  }

  /** A value of the tree, with a member a line. */
  async format({ nodes }: JsonTree, node: number): Promise<string> {
    const answer = await this.#ask({ ask: 'format', from: nodes.start[node] ?? 0, to: nodes.end[node] ?? 0, isWhole: node === 0 })
    return answer.is === 'formatted' ? answer.text : ''
  }

  /** Whoever waits is told why there will be no answer. */
  fail(error: Error): void {
    for (const { reject } of this.#awaited.splice(0)) reject(error)
  }

  #ask(asked: TreeAsked): Promise<TreeAnswer> {
    return new Promise((resolve, reject) => {
      this.#awaited.push({ resolve, reject })
      this.#port.postMessage(asked, { transfer: [] })
    })
  }
}
