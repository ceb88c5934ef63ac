/// <reference types="vite/client" />
import 'react'

declare module 'react' {
  interface CSSProperties {
    /** The hue of an agent, 0 to 359. */
    '--h'?: number
    '--dock'?: string
    '--rows'?: number
    /** Place and size of a node of a graph, and of the graph. */
    '--x'?: string
    '--y'?: string
    '--node-w'?: string
    '--node-h'?: string
    '--graph-w'?: string
    '--graph-h'?: string
    /** Where a bar begins and how wide it is, in shares of 1. */
    '--from'?: number
    '--wide'?: number
    /** A share of 1, such as of the best score. */
    '--share'?: number
    /** How wide the side pane of a workspace is, how high its terminals, and how deep a row of its tree lies. */
    '--side'?: string
    '--shell'?: string
    '--depth'?: number
    '--top'?: string
  }
}
