import type { ComponentType } from 'react'

/**
 * The code of a screen, fetched at need. `React.lazy` would do, but React holds back what a suspended boundary was waiting
 * for until 300 ms after its fallback came; a screen whose code is there is simply drawn.
 */
export class LazyScreen {
  private component: ComponentType | null = null
  private error: unknown = null
  private pending: Promise<void> | null = null

  constructor(private readonly load: () => Promise<{ default: ComponentType }>) {}

  get isReady(): boolean { return this.component !== null }

  /** Resolves once the code is there or cannot be had, which `View` then throws; a later call tries again. */
  ready = (): Promise<void> => {
    this.pending ??= this.load().then(
      (module) => { this.component = module.default; this.error = null },
      (error: unknown) => { this.error = error; this.pending = null },
    )
    return this.pending
  }

  /** The screen, or nothing while its code is on the way. */
  View = () => {
    if (this.component) return <this.component />
    if (this.error !== null) throw this.error
    return null
  }
}
