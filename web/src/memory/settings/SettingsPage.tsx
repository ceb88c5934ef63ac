import type { ReactNode } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Section, Setting } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Switch, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { memories } from '../api/calls'
import { keys, settingsQuery, statsQuery, useRefresh } from '../api/queries'
import type { MemorySettings, SettingsChange } from '../api/types'
import { Embedder } from './Embedder'
import { Keeping } from './Keeping'
import { Stats } from './Stats'
import './settings.css'

/** Saves a setting at once: the screen changes first and goes back if the server refuses. */
function useSave(): (change: SettingsChange) => Promise<void> {
  const client = useQueryClient()
  const refresh = useRefresh()
  return async (change) => {
    const before = client.getQueryData<MemorySettings>(keys.settings)
    if (!before) return
    client.setQueryData(keys.settings, { ...before, ...change })
    try {
      client.setQueryData(keys.settings, await memories.saveSettings(change))
      await refresh(keys.stats, keys.embedders)
    } catch (error) {
      client.setQueryData(keys.settings, before)
      toastError(error)
    }
  }
}

/** What is remembered, how it is found, how much is kept, and how it stands. */
export default function SettingsPage(): ReactNode {
  const t = useT('memory')
  const save = useSave()
  const settings = useQuery(settingsQuery)
  const stats = useQuery(statsQuery)
  return (
    <Loaded query={settings}>
      {(data) => (
        <div className="memory-settings">
          <Section title={t('remembering')}>
            <Card>
              <Setting label={t('remember')} hint={t('rememberHint')}><Switch aria-label={t('remember')} label="" checked={data.remember} onChange={(remember) => void save({ remember })} /></Setting>
              <Setting label={t('extract')} hint={t('extractHint')}>
                <Segments label={t('extract')} value={data.extract} onChange={(extract) => void save({ extract })} options={(['auto', 'rules', 'off'] as const).map((value) => ({ value, label: t(`extract_${value}`) }))} />
              </Setting>
            </Card>
          </Section>
          <Embedder settings={data} stats={stats.data} onSave={save} />
          <Keeping settings={data} onSave={save} />
          <Loaded query={stats}>{(found) => <Stats stats={found} />}</Loaded>
        </div>
      )}
    </Loaded>
  )
}
