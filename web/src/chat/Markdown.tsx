import { memo, useState } from 'react'
import { Blocks } from './blocks'
import { BlockView } from './BlockView'
import './markdown.css'

interface MarkdownProps {
  text: string
  /** Still being written: shows the caret and leaves code uncoloured until it is complete. */
  live?: boolean
}

/** Safe, incremental markdown: give it the text so far as often as you like. */
export const Markdown = memo(function Markdown({ text, live = false }: MarkdownProps) {
  const [blocks] = useState(() => new Blocks())
  const shown = blocks.cut(text, !live)
  return (
    <div className={live ? 'md md-live' : 'md'}>
      {shown.map((block, index) => <BlockView key={index} block={block} live={live && index === shown.length - 1} />)}
    </div>
  )
})
