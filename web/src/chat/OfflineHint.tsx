import { Link } from '@/lib/router'
import Plug from 'lucide-react/icons/plug'
import { useT } from '@/i18n'
import { useModels } from '@/lib/queries'

/** Shown while no real model is connected: what answers instead, and the way to one. */
export function OfflineHint() {
  const t = useT('chat')
  const models = useModels().data
  if (!models || models.some((model) => !model.offline)) return null
  return (
    <div className="offline-hint">
      <Plug size={15} aria-hidden />
      <span className="grow"><b>{t('offlineTitle')}.</b> <span className="muted">{t('offlineDetail')}</span></span>
      <Link className="btn btn-s" to={'/gateway/models'}>{t('offlineDo')}</Link>
    </div>
  )
}
