import { type ReactNode, useMemo } from 'react'
import { findLanguage } from './languages'
import { Lines } from './Lines'
import { LineText } from './LineText'
import { useHighlight } from './useHighlight'

interface Props {
  text: string
  /** Language name or alias; the title's ending is asked when it says nothing. */
  language: string | null
  title: string
  wrap: boolean
  fontSize: number
}

export default function CodeView({ text, language, title, wrap, fontSize }: Props): ReactNode {
  const lines = useMemo(() => text.replace(/\n$/, '').split(/\r\n|\n|\r/), [text])
  const longest = useMemo(() => lines.reduce((most, line) => Math.max(most, line.length), 0), [lines])
  const tokens = useHighlight(lines, findLanguage(language) ?? findLanguage(title))
  return (
    <Lines
      count={lines.length}
      longest={longest}
      label={title}
      wrap={wrap}
      fontSize={fontSize}
      renderLine={(index) => (
        <div className="line" data-number={index + 1}>
          <LineText text={lines[index] ?? ''} tokens={tokens[index]} />
        </div>
      )}
    />
  )
}
