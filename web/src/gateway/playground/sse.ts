export interface SseEvent { event: string; data: string }

/** Reads a stream of server-sent events, cut anywhere, even between the CR and the LF of a line's end. */
export class SseReader {
  private rest = ''
  private event = ''
  private data: string[] = []

  /** The events that this piece of text completes. */
  feed(text: string): SseEvent[] {
    const all = this.rest + text
    // A CR at the very end may be half of a CR LF: it waits for what follows.
    const end = all.endsWith('\r') ? all.length - 1 : all.length
    const lines = all.slice(0, end).split(/\r\n|\n|\r/)
    this.rest = (lines.pop() ?? '') + all.slice(end)
    return lines.flatMap((line) => this.take(line))
  }

  private take(line: string): SseEvent[] {
    if (line === '') return this.whole()
    const colon = line.indexOf(':')
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') this.data.push(value)
    else if (name === 'event') this.event = value
    return []
  }

  private whole(): SseEvent[] {
    const found = this.data.length === 0 ? [] : [{ event: this.event, data: this.data.join('\n') }]
    this.event = ''
    this.data = []
    return found
  }
}
