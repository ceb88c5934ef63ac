import type { Answer, Answers, Asked, Port, Source, Understood, Wish } from './messages'

interface Awaited {
  resolve: (answer: Answer) => void
  reject: (error: Error) => void
}
interface Wished {
  wish: Wish
  resolve: (order: Uint32Array | null) => void
  reject: (error: unknown) => void
}

/** The page's side of the worker. Of the wishes that come while one is being met, only the last is asked for. */
export class Desk {
  readonly #port: Port<Asked, Answer>
  readonly #awaited: Awaited[] = []
  #next: Wished | null = null
  #isOrdering = false

  constructor(port: Port<Asked, Answer>) {
    this.#port = port
    port.onmessage = ({ data }) => this.#awaited.shift()?.resolve(data)
  }

  open(source: Source): Promise<Understood> {
    return this.#ask({ ask: 'open', source })
  }

  /** Row numbers as wished; null when a later wish took this one's place. */
  order(wish: Wish): Promise<Uint32Array | null> {
    return new Promise((resolve, reject) => {
      this.#next?.resolve(null)
      this.#next = { wish, resolve, reject }
      if (!this.#isOrdering) void this.#meet()
    })
  }

  copy(wish: Wish): Promise<string> {
    return this.#ask({ ask: 'copy', wish })
  }

  /** Whoever waits is told why there will be no answer. */
  fail(error: Error): void {
    for (const { reject } of this.#awaited.splice(0)) reject(error)
  }

  async #meet(): Promise<void> {
    this.#isOrdering = true
    for (let wished = this.#next; wished !== null; wished = this.#next) {
      this.#next = null
      await this.#ask({ ask: 'order', wish: wished.wish }).then(wished.resolve, wished.reject)
    }
    this.#isOrdering = false
  }

  #ask<K extends keyof Answers>(asked: Extract<Asked, { ask: K }>): Promise<Answers[K]> {
    return new Promise((resolve, reject) => {
      this.#awaited.push({ resolve: resolve as (answer: Answer) => void, reject })
      this.#port.postMessage(asked, { transfer: [] })
    })
  }
}
