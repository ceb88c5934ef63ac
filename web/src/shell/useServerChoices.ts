import { useEffect } from 'react'
import { setLanguage } from '@/i18n'
import { usePreferences } from '@/lib/queries'
import { useUi } from '@/lib/ui-store'

/** On a device where nothing was chosen yet, the look and language chosen elsewhere hold. */
export function useServerChoices(): void {
  const chosen = usePreferences().data
  useEffect(() => {
    const { theme, language } = useUi.getState()
    if (!chosen) return
    if (theme === 'auto' && chosen.theme !== 'auto') useUi.setState({ theme: chosen.theme })
    if (language === undefined && chosen.language !== 'en') void setLanguage(chosen.language).then(() => useUi.setState({ language: chosen.language }))
  }, [chosen])
}
