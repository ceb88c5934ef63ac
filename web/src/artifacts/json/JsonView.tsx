import { type ReactNode, useMemo } from 'react'
import { formatJson } from './formatJson'
import { JsonTree } from './JsonTree'
import { scanJson } from './scan'
import { TreeView } from './TreeView'

/** A value that the page has already, as a tree. */
export default function JsonView({ value, title }: { value: unknown; title: string }): ReactNode {
  const tree = useMemo(() => {
    const text = JSON.stringify(value) ?? 'null'
    return new JsonTree(text, scanJson(text))
  }, [value])
  const { start, end } = tree.nodes
  return <TreeView tree={tree} title={title} format={(node) => Promise.resolve(formatJson(tree.text.slice(start[node], end[node])))} />
}
