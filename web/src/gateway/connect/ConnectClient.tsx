import { type ReactNode, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import KeyRound from 'lucide-react/icons/key-round'
import { Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Link } from '@/lib/router'
import { Tabs } from '@/ui'
import { aliasesQuery } from '../api/queries'
import { useModels } from '@/lib/queries'
import { Snippet } from '@/ui/Snippet'
import { names, snippet, tools, type Tool } from './snippets'

/** How another program comes to use the gateway: two addresses, a key, and code to copy. */
export function ConnectClient(): ReactNode {
  const t = useT('gateway')
  const model = useExampleModel()
  return (
    <Section
      title={t('connectClient')} lead={t('connectClientLead')}
      actions={<Link to="/gateway/keys" className="btn"><KeyRound size={15} aria-hidden />{t('keyMake')}</Link>}
    >
      <dl className="addresses">
        <div><dt className="small muted">{t('forOpenai')}</dt><dd><Snippet label={t('forOpenai')} text={`${location.origin}/v1`} /></dd></div>
        <div><dt className="small muted">{t('forAnthropic')}</dt><dd><Snippet label={t('forAnthropic')} text={location.origin} /></dd></div>
      </dl>
      <Snippets place={{ origin: location.origin, key: 'ent_vk_…', model }} />
    </Section>
  )
}

/** The code for each program, under tabs. */
export function Snippets({ place }: { place: { origin: string; key: string; model: string } }): ReactNode {
  const t = useT('gateway')
  const [tool, setTool] = useState<Tool>('curl')
  return (
    <div className="admin-card snippets">
      <Tabs label={t('connectClient')} panelId="snippets" value={tool} onChange={(id) => setTool(id as Tool)} items={tools.map((id) => ({ id, label: names[id] }))} />
      <div id="snippets" role="tabpanel" aria-label={names[tool]}><Snippet block label={names[tool]} text={snippet(tool, place)} /></div>
    </div>
  )
}

/** A name that will work: the first alias, else the default model. */
export function useExampleModel(): string {
  const alias = useQuery(aliasesQuery).data?.[0]?.name
  const standard = useModels().data?.find((model) => model.is_default)?.id
  return alias ?? standard ?? 'team'
}
