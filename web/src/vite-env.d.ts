/// <reference types="vite/client" />
import 'react'

declare module 'react' {
  interface CSSProperties {
    /** The hue of an agent, 0 to 359. */
    '--h'?: number
    '--dock'?: string
    '--rows'?: number
  }
}
