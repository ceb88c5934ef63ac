import type { ReactNode } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Section, Setting } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Switch, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { memories } from '../api/calls'
import { keyIn, keys, settingsQuery, statsQuery, useRefresh } from '../api/queries'
import type { MemorySettings, SettingsChange } from '../api/types'
import { useWhose } from '../whose'
import { Embedder } from './Embedder'
import { Keeping } from './Keeping'
import { Stats } from './Stats'
import './settings.css'

/** Saves a setting at once: the screen changes first and goes back if the server refuses. */
function useSave(): (change: SettingsChange) => Promise<void> {
  const client = useQueryClient()
  const refresh = useRefresh()
  const workspace = useWhose().id
  return async (change) => {
    const key = keyIn(keys.settings, workspace)
    const before = client.getQueryData<MemorySettings>(key)
    if (!before) return
    client.setQueryData(key, { ...before, ...change })
    try {
      client.setQueryData(key, await memories.saveSettings(change, workspace))
      await refresh(keys.stats, keys.embedders)
    } catch (error) {
      client.setQueryData(key, before)
      toastError(error)
    }
  }
}

/** What is remembered, how it is found, how much is kept, and how it stands. */
export default function SettingsPage(): ReactNode {
  const t = useT('memory')
  const save = useSave()
  const whose = useWhose()
  const settings = useQuery(settingsQuery(whose.id))
  const stats = useQuery(statsQuery(whose.id))
  return (
    <Loaded query={settings}>
      {(data) => (
        <div className="memory-settings">
          {whose.id === undefined && <Section title={t('remembering')}>
            <Card>
              <Setting label={t('remember')} hint={t('rememberHint')}><Switch aria-label={t('remember')} label="" checked={data.remember} onChange={(remember) => void save({ remember })} /></Setting>
              <Setting label={t('extract')} hint={t('extractHint')}>
                <Segments label={t('extract')} value={data.extract} onChange={(extract) => void save({ extract })} options={(['auto', 'rules', 'off'] as const).map((value) => ({ value, label: t(`extract_${value}`) }))} />
              </Setting>
            </Card>
          </Section>}
          {whose.mayDecide && <Embedder settings={data} stats={stats.data} onSave={save} />}
          {whose.mayDecide && <Keeping settings={data} onSave={save} />}
          <Loaded query={stats}>{(found) => <Stats stats={found} />}</Loaded>
        </div>
      )}
    </Loaded>
  )
}
