import type { ReactNode } from 'react'
import { language, languages, useT } from '@/i18n'
import { useAgents, useModels, usePreferences } from '@/lib/queries'
import type { Preferences } from '@/lib/types'
import { useUi } from '@/lib/ui-store'
import { chooseLanguage, chooseTheme } from '@/shell/choices'
import { Select, Switch } from '@/ui'
import { Segments } from '@/ui/Segments'
import { Loaded } from '../parts/Loaded'
import { Card, Page, Section, Setting } from '../parts/Page'
import { type PreferencePatch, usePreferencePatch } from '../parts/usePreferencePatch'
import { ImportChats } from './ImportChats'
import { Notices } from './Notices'
import { TimeZone } from './TimeZone'

interface Props {
  preferences: Preferences
  patch: (patch: PreferencePatch) => void
}

export function General(): ReactNode {
  const t = useT('admin')
  const preferences = usePreferences()
  const save = usePreferencePatch()
  const patch = (change: PreferencePatch): void => void save(change)
  return (
    <Page title={t('general')} lead={t('generalLead')}>
      <Loaded query={preferences}>
        {(data) => (
          <>
            <Look />
            <Place preferences={data} patch={patch} />
            <Way preferences={data} patch={patch} />
            <Assistance preferences={data} patch={patch} />
            <Notices notifications={data.notifications} onChange={(notifications) => patch({ notifications })} />
            <Editing preferences={data} patch={patch} />
            <ImportChats />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Look(): ReactNode {
  const t = useT('admin')
  const theme = useUi((state) => state.theme)
  return (
    <Section title={t('appearance')}>
      <Card>
        <Setting label={t('theme')} hint={t('themeHint')}>
          <Segments
            label={t('theme')}
            value={theme}
            onChange={chooseTheme}
            options={[
              { value: 'auto', label: t('themeAuto') },
              { value: 'dark', label: t('themeDark') },
              { value: 'light', label: t('themeLight') },
            ]}
          />
        </Setting>
      </Card>
    </Section>
  )
}

function Place({ preferences, patch }: Props): ReactNode {
  const t = useT('admin')
  return (
    <Section title={t('languageAndTime')}>
      <Card>
        <Setting label={t('language')}>
          <Segments
            label={t('language')}
            value={language()}
            onChange={(next) => void chooseLanguage(next)}
            options={languages.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Setting>
        <TimeZone value={preferences.time_zone} onChange={(time_zone) => patch({ time_zone })} />
      </Card>
    </Section>
  )
}

/** How far the team goes by itself with a request. */
function Way({ preferences, patch }: Props): ReactNode {
  const t = useT('admin')
  return (
    <Section title={t('way')}>
      <Card>
        <Setting label={t('plansWay')} hint={t('plansWayHint')}>
          <Segments label={t('plansWay')} value={preferences.plans ?? 'ask'} onChange={(plans) => patch({ plans })} options={[{ value: 'ask', label: t('plansAsk') }, { value: 'start', label: t('plansStart') }]} />
        </Setting>
        <Setting label={t('memoryWay')} hint={t('memoryWayHint')}>
          <Segments label={t('memoryWay')} value={preferences.memory ?? 'on'} onChange={(memory) => patch({ memory })} options={[{ value: 'on', label: t('memoryOn') }, { value: 'off', label: t('memoryOff') }]} />
        </Setting>
        <Setting label={t('routingWay')} hint={t('routingWayHint')}>
          <Segments label={t('routingWay')} value={preferences.routing ?? 'auto'} onChange={(routing) => patch({ routing })} options={[{ value: 'auto', label: t('routingAuto') }, { value: 'off', label: t('routingOff') }]} />
        </Setting>
      </Card>
    </Section>
  )
}

function Assistance({ preferences, patch }: Props): ReactNode {
  const t = useT('admin')
  const agents = useAgents().data ?? []
  const models = useModels().data ?? []
  const { default_agent: agent, default_model: model } = preferences.ai
  return (
    <Section title={t('aiDefaults')}>
      <Card>
        <Setting label={t('defaultAgent')} hint={t('defaultAgentHint')} htmlFor="default-agent">
          <Select
            id="default-agent"
            value={agent ?? ''}
            onChange={(value) => patch({ ai: { default_agent: value || null } })}
            options={[
              { value: '', label: t('agentAutomatic') },
              ...agents.filter((item) => item.status === 'active').map(({ name }) => ({ value: name, label: name })),
            ]}
          />
        </Setting>
        <Setting label={t('modelDefault')} hint={t('modelDefaultHint')} htmlFor="default-model">
          <Select
            id="default-model"
            value={model ?? ''}
            onChange={(value) => patch({ ai: { default_model: value || null } })}
            options={[
              { value: '', label: t('modelAutomatic', { model: models.find((item) => item.is_default)?.id ?? 'offline' }) },
              ...models.map((item) => ({ value: item.id, label: item.offline ? t('modelOffline') : item.id })),
            ]}
          />
        </Setting>
      </Card>
    </Section>
  )
}

const FONT_SIZES = [11, 12, 13, 14, 15, 16, 18]

function Editing({ preferences, patch }: Props): ReactNode {
  const t = useT('admin')
  const { font_size: size, wrap } = preferences.editor
  const sizes = FONT_SIZES.includes(size) ? FONT_SIZES : [...FONT_SIZES, size].sort((a, b) => a - b)
  return (
    <Section title={t('code')}>
      <Card>
        <Setting label={t('fontSize')} htmlFor="font-size">
          <Select
            id="font-size"
            value={String(size)}
            onChange={(value) => patch({ editor: { font_size: Number(value) } })}
            options={sizes.map((item) => ({ value: String(item), label: `${item} px` }))}
          />
        </Setting>
        <Setting label={t('wrapLines')} hint={t('wrapLinesHint')}>
          <Switch aria-label={t('wrapLines')} label="" checked={wrap} onChange={(on) => patch({ editor: { wrap: on } })} />
        </Setting>
      </Card>
    </Section>
  )
}
