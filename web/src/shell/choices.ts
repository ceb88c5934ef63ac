import { setLanguage } from '@/i18n'
import { api } from '@/lib/api'
import { keys } from '@/lib/queries'
import { queryClient } from '@/lib/query'
import { useSession } from '@/lib/session'
import type { Language, Preferences, Theme } from '@/lib/types'
import { useUi } from '@/lib/ui-store'

export function chooseTheme(theme: Theme): void {
  useUi.setState({ theme })
  remember({ theme })
}

export async function chooseLanguage(language: Language): Promise<void> {
  await setLanguage(language)
  useUi.setState({ language })
  remember({ language })
}

/** Keeps a choice on the server too, so that it holds on other devices; here it holds already. */
function remember(choice: Partial<Preferences>): void {
  if (useSession.getState().status !== 'signed-in') return
  api.patch<Preferences>('/my/preferences', choice).then((all) => queryClient.setQueryData(keys.preferences, all), () => undefined)
}
