import { lazy, type ReactNode, Suspense } from 'react'

const SharedArtifact = lazy(() => import('./SharedArtifact'))

/** As in the library: what the page needs is listed here, not in what everybody loads first. */
export default function Shared(): ReactNode {
  return (
    <Suspense>
      <SharedArtifact />
    </Suspense>
  )
}
