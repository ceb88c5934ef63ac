import type { ReactNode } from 'react'
import { Card, Section, Setting } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Switch } from '@/ui'
import { Segments } from '@/ui/Segments'
import type { Policy, PolicyBody } from '../api/rules'

interface Props { policy: Policy; busy: boolean; onChange: (change: Partial<PolicyBody>) => void }

/** The guards everybody starts with, each of which can be turned off. */
export function Guards({ policy, busy, onChange }: Props): ReactNode {
  const t = useT('tools')
  return (
    <Section title={t('guards')} lead={t('guardsLead')}>
      <Card>
        <Setting label={t('guardShell')} hint={t('guardShellHint')}><Switch checked={policy.shell} disabled={busy} onChange={(shell) => onChange({ shell })} label="" aria-label={t('guardShell')} /></Setting>
        <Setting label={t('guardUnlisted')} hint={t('guardUnlistedHint')}>
          <Segments
            size="s" label={t('guardUnlisted')} value={policy.unlisted} disabled={busy || !policy.shell} onChange={(unlisted) => onChange({ unlisted })}
            options={[{ value: 'pass', label: t('unlisted_pass') }, { value: 'ask', label: t('unlisted_ask'), tone: 'warn' }]}
          />
        </Setting>
        <Setting label={t('guardFiles')} hint={t('guardFilesHint')}><Switch checked={policy.files} disabled={busy} onChange={(files) => onChange({ files })} label="" aria-label={t('guardFiles')} /></Setting>
      </Card>
    </Section>
  )
}
