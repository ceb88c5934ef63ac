import { memo, type ReactNode } from 'react'
import type { Token, Tokens } from 'marked'
import type { Block } from './blocks'
import { CodeBlock } from './CodeBlock'
import { inline } from './inline'

/** One top-level block of markdown. Finished blocks keep their object, so they are not drawn again. */
export const BlockView = memo(function BlockView({ block, live }: { block: Block; live: boolean }) {
  return element(block.token, 0, live)
})

const blocks = (tokens: readonly Token[]): ReactNode[] => tokens.map((token, index) => element(token, index, false))

function element(token: Token, key: number, live: boolean): ReactNode {
  switch (token.type) {
    case 'paragraph': return <p key={key}>{inline(token.tokens)}</p>
    case 'code': return <CodeBlock key={key} text={(token as Tokens.Code).text} lang={(token as Tokens.Code).lang?.split(/\s/)[0] ?? ''} live={live} />
    case 'heading': return heading(token as Tokens.Heading, key)
    case 'list': return list(token as Tokens.List, key)
    case 'table': return table(token as Tokens.Table, key)
    case 'blockquote': return <blockquote key={key}>{blocks(token.tokens ?? [])}</blockquote>
    case 'hr': return <hr key={key} />
    case 'html': return <p key={key} className="md-html">{token.raw.trim()}</p>
    case 'text': case 'checkbox': return <span key={key}>{inline('tokens' in token && token.tokens ? token.tokens : [token])}</span>
    default: return null
  }
}

function heading({ depth, tokens }: Tokens.Heading, key: number): ReactNode {
  // The page has its own first level.
  const Tag = depth <= 2 ? 'h2' : depth === 3 ? 'h3' : 'h4'
  return <Tag key={key} data-depth={depth}>{inline(tokens)}</Tag>
}

function list({ ordered, start, items, loose }: Tokens.List, key: number): ReactNode {
  const rows = items.map((item, index) => (
    <li key={index} className={item.task ? 'task' : undefined}>{item.tokens.map((token, at) => itemPart(token, at, loose))}</li>
  ))
  return ordered ? <ol key={key} start={typeof start === 'number' && start !== 1 ? start : undefined}>{rows}</ol> : <ul key={key}>{rows}</ul>
}

/** Text of a tight list stands bare, of a loose one in paragraphs. */
function itemPart(token: Token, key: number, loose: boolean): ReactNode {
  if (token.type !== 'text') return element(token, key, false)
  const children = inline('tokens' in token && token.tokens ? token.tokens : [token])
  return loose ? <p key={key}>{children}</p> : children
}

function table({ header, rows, align }: Tokens.Table, key: number): ReactNode {
  const side = (column: number) => (align[column] ? `to-${align[column]}` : undefined)
  return (
    <div key={key} className="md-table" role="group" tabIndex={0} aria-label={header.map((cell) => cell.text).join(', ')}>
      <table>
        <thead><tr>{header.map((cell, column) => <th key={column} scope="col" className={side(column)}>{inline(cell.tokens)}</th>)}</tr></thead>
        <tbody>{rows.map((row, index) => <tr key={index}>{row.map((cell, column) => <td key={column} className={side(column)}>{inline(cell.tokens)}</td>)}</tr>)}</tbody>
      </table>
    </div>
  )
}
