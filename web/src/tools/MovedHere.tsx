import { Navigate } from '@/lib/router'

/** The inbox was a page of the settings once: old links lead on. */
export default function MovedHere() {
  return <Navigate to="/tools/approvals" replace />
}
