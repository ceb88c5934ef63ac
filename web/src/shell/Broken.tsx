import { useT } from '@/i18n'
import { ErrorState } from '@/ui'

/** What is shown when a screen could not be drawn; a reload also brings the files of a newer version. */
export function Broken({ error }: { error: unknown }) {
  useT('shell')
  return <div className="centre fill"><ErrorState error={error} onRetry={() => location.reload()} /></div>
}
