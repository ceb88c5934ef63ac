import { useEffect, useState } from 'react'
import WifiOff from 'lucide-react/icons/wifi-off'
import { useT } from '@/i18n'
import { live, useStreamStatus } from '@/lib/live'
import { useSession } from '@/lib/session'
import { Button } from '@/ui'

const patience_ms = 1500

/** Says that the connection is gone, once that lasts longer than a blink. */
export function ConnectionBanner() {
  const t = useT('shell')
  const status = useStreamStatus()
  const isOffline = useSession((state) => state.status === 'offline')
  const isCut = isOffline || status === 'waiting' || status === 'connecting'
  const [shown, setShown] = useState(false)
  useEffect(() => {
    if (!isCut) { setShown(false); return }
    const timer = setTimeout(() => setShown(true), patience_ms)
    return () => clearTimeout(timer)
  }, [isCut])
  if (!shown) return null
  return (
    <div className="cut-off" role="status">
      <WifiOff size={15} aria-hidden />
      <span className="grow">{status === 'connecting' ? t('reconnecting') : t('offline')}</span>
      <Button size="s" onClick={() => live.hurry()}>{t('retry')}</Button>
    </div>
  )
}
