import { createContext, use, type ReactNode } from 'react'
import type { Token, Tokens } from 'marked'

const safe_address = /^(?:https?:\/\/|mailto:|#|\/(?!\/))/i
/** Bare HTML that people and models write in markdown; anything else is shown as it stands. */
const plain_tags = ['sub', 'sup', 'kbd', 'b', 'i', 'u', 's', 'em', 'strong', 'mark', 'small', 'del', 'ins'] as const
type PlainTag = (typeof plain_tags)[number]

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', copy: '©', mdash: '—', ndash: '–', hellip: '…', rarr: '→', larr: '←', times: '×' }

/** Character references (`&amp;`, `&#8594;`) as the characters they stand for. */
export function unescape(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named[name.toLowerCase()] ?? whole
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex ?? '', 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** The address if it may be followed: web, mail, or within this page's server. */
export const safeAddress = (href: string): string | undefined => (safe_address.test(href.trim()) ? href.trim() : undefined)

/** Inline markdown as elements. No HTML string is made anywhere, so nothing in the text can become markup. */
export function inline(tokens: readonly Token[] | undefined): ReactNode[] {
  const made: ReactNode[] = []
  const list = tokens ?? []
  for (let at = 0; at < list.length; at++) {
    const token = list[at] as Token
    const tag = token.type === 'html' ? openTag(token.raw) : null
    const end = tag === null ? -1 : list.findIndex((other, index) => index > at && other.type === 'html' && other.raw.toLowerCase() === `</${tag}>`)
    if (tag !== null && end > at) {
      const Tag: PlainTag = tag
      made.push(<Tag key={at}>{inline(list.slice(at + 1, end))}</Tag>)
      at = end
    } else made.push(one(token, at))
  }
  return made
}

function openTag(raw: string): PlainTag | null {
  return plain_tags.find((tag) => raw.toLowerCase() === `<${tag}>`) ?? null
}

function one(token: Token, key: number): ReactNode {
  switch (token.type) {
    case 'strong': return <strong key={key}>{inline(token.tokens)}</strong>
    case 'em': return <em key={key}>{inline(token.tokens)}</em>
    case 'del': return <del key={key}>{inline(token.tokens)}</del>
    case 'codespan': return <code key={key}>{(token as Tokens.Codespan).text}</code>
    case 'br': return <br key={key} />
    case 'checkbox': return <input key={key} type="checkbox" checked={(token as Tokens.Checkbox).checked} disabled readOnly />
    case 'link': return link(token as Tokens.Link, key)
    case 'image': return image(token as Tokens.Image, key)
    case 'html': return /^<br\s*\/?>$/i.test(token.raw) ? <br key={key} /> : token.raw
    case 'escape': return (token as Tokens.Escape).text
    default: return 'tokens' in token && token.tokens ? inline(token.tokens) : cited(unescape('text' in token ? String(token.text) : token.raw))
  }
}

/** How many memories the answer was given: citations of them can be followed. */
export const Given = createContext(0)

/** Text with its citations, such as [2]. */
const cited = (text: string): ReactNode => (/\[\d/.test(text) ? text.split(/\[(\d{1,2})\]/).map((piece, index) => (index % 2 ? <Cite key={index} n={piece} /> : piece)) : text)

function Cite({ n }: { n: string }) {
  return Number(n) > use(Given) || n === '0' ? `[${n}]` : <button type="button" className="cite" data-cite={n}>[{n}]</button>
}

function link(token: Tokens.Link, key: number): ReactNode {
  const href = safeAddress(token.href)
  if (href === undefined) return <span key={key}>{inline(token.tokens)}</span>
  const isHere = href.startsWith('#')
  return <a key={key} href={href} title={token.title ?? undefined} {...(isHere ? {} : { target: '_blank', rel: 'noopener noreferrer' })}>{inline(token.tokens)}</a>
}

/** Pictures of other servers would tell them who reads this; they become links. */
function image(token: Tokens.Image, key: number): ReactNode {
  const href = safeAddress(token.href)
  if (href?.startsWith('/')) return <img key={key} src={href} alt={token.text} loading="lazy" />
  return href === undefined ? token.text : <a key={key} href={href} target="_blank" rel="noopener noreferrer">{token.text || href}</a>
}
