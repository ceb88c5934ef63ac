import { Lexer, type Token, type TokensList } from 'marked'

/** A top-level piece of markdown: its source and its token tree. */
export interface Block { raw: string; token: Token }
type Links = TokensList['links']

/**
 * Cuts growing markdown into top-level blocks. What is finished is never lexed again: the last two blocks may still
 * change (a paragraph may turn out to be a heading or a table), all before them may not.
 */
export class Blocks {
  private done: Block[] = []
  /** Link definitions met so far: a later one may belong to an earlier block. */
  private links: Links = {}
  private offset = 0
  private text = ''
  private ended = false
  private shown: Block[] = []

  /** The blocks of `text`; cheap when it continues the text given before. `ended` says that no more will come. */
  cut(source: string, ended = true): Block[] {
    const text = source.includes('\r') ? source.replace(/\r\n?/g, '\n') : source
    if (text === this.text && ended === this.ended) return this.shown
    if (!text.startsWith(this.text)) this.restart()
    this.text = text
    this.ended = ended
    let pieces = lex(text.slice(this.offset), this.links)
    const links = definitions(pieces, ended)
    if (Object.keys(links).some((name) => !(name in this.links))) {
      // Blocks before a definition may refer to it: once more from the start, knowing it.
      const all = { ...this.links, ...links }
      this.restart()
      this.links = all
      pieces = lex(text, all)
    }
    while (pieces.length > 2) {
      const block = pieces.shift() as Block
      this.offset += block.raw.length
      if (isShown(block)) this.done.push(block)
    }
    this.shown = [...this.done, ...pieces.filter(isShown).map((block) => this.known(block))]
    return this.shown
  }

  /** The block as it was shown before, if it is the same, so that it is not drawn again. */
  private known(block: Block): Block {
    return this.shown.findLast((old) => old.raw === block.raw) ?? block
  }

  private restart(): void {
    this.done = []
    this.links = {}
    this.offset = 0
    this.shown = []
  }
}

const isShown = ({ raw, token }: Block): boolean => token.type !== 'def' && raw.trim() !== ''

/** Link definitions that are complete: one at the very end may still grow. */
function definitions(pieces: readonly Block[], ended: boolean): Links {
  const links: Links = {}
  for (const [index, { raw, token }] of pieces.entries()) {
    const isComplete = ended || index < pieces.length - 1 || raw.endsWith('\n')
    if (token.type === 'def' && isComplete) links[String(token.tag)] ??= { href: String(token.href), title: String(token.title ?? '') }
  }
  return links
}

function lex(text: string, links: Links): Block[] {
  const lexer = new Lexer({ gfm: true })
  Object.assign(lexer.tokens.links, links)
  const pieces: Block[] = []
  let at = 0
  for (const token of lexer.lex(text)) {
    // The lexer leaves out definitions that it knows; they count as part of what follows.
    const end = Math.max(at, text.indexOf(token.raw, at)) + token.raw.length
    const raw = text.slice(at, end)
    at = end
    const last = pieces.at(-1)
    if (token.type === 'space' && last) last.raw += raw
    else pieces.push({ raw, token })
  }
  return pieces
}
