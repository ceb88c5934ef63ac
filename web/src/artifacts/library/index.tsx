import { lazy, type ReactNode, Suspense } from 'react'

const Library = lazy(() => import('./Library'))

/** A step between: what the library needs is listed here, not in what everybody loads first. */
export default function Results(): ReactNode {
  return (
    <Suspense>
      <Library />
    </Suspense>
  )
}
