import Languages from 'lucide-react/icons/languages'
import LogOut from 'lucide-react/icons/log-out'
import { languages, useT } from '@/i18n'
import { signOut, useSession } from '@/lib/session'
import type { Language, Theme } from '@/lib/types'
import { useUi } from '@/lib/ui-store'
import { Menu, type MenuEntry } from '@/ui'
import { chooseLanguage, chooseTheme } from './choices'

/** Who is signed in, the look, the language and the way out. */
export function AccountMenu() {
  const t = useT('shell')
  const user = useSession((state) => state.user)
  const { theme, language } = useUi()
  const themes: [Theme, string][] = [['auto', t('themeAuto')], ['dark', t('themeDark')], ['light', t('themeLight')]]
  const items: MenuEntry[] = [
    { id: 'who', heading: user ? `${user.full_name} · ${user.email}` : t('account') },
    { id: 'theme', heading: t('theme') },
    ...themes.map(([id, label]) => ({ id, label, checked: theme === id, onSelect: () => chooseTheme(id) })),
    { id: 'language', heading: t('language') },
    ...languages.map(({ id, name }: { id: Language; name: string }) => ({ id, label: name, icon: <Languages size={14} />, checked: (language ?? document.documentElement.lang) === id, onSelect: () => void chooseLanguage(id) })),
    { id: 'line', line: true },
    { id: 'out', label: t('signOut'), icon: <LogOut size={14} />, onSelect: () => void signOut() },
  ]
  const initials = (user?.full_name ?? '?').split(/\s+/).slice(0, 2).map((word) => word[0]?.toUpperCase()).join('')
  return (
    <Menu
      label={t('account')} items={items} side="above"
      trigger={(props) => <button type="button" className="avatar" data-tip={t('account')} {...props}><span aria-hidden="true">{initials}</span><span className="sr-only">{t('account')}</span></button>}
    />
  )
}
