import { Navigate } from '@/lib/router'

/** The models were a page of the settings once: old links lead on. */
export default function MovedHere() {
  return <Navigate to="/gateway/models" replace />
}
