import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import FileDown from 'lucide-react/icons/file-down'
import Pause from 'lucide-react/icons/pause'
import Play from 'lucide-react/icons/play'
import Copy from 'lucide-react/icons/copy'
import Ellipsis from 'lucide-react/icons/ellipsis'
import Trash2 from 'lucide-react/icons/trash-2'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { keys } from '@/lib/queries'
import type { Agent } from '@/lib/types'
import { downloadAgent } from '@/prompts/carry/agents'
import { Badge, Button, confirm, IconButton, Menu, toast, toastError } from '@/ui'
import { usePlace } from './Agents'

/** What can be done with an agent as a whole. */
export function AgentHead({ agent, onGone }: { agent: Agent; onGone: () => void }): ReactNode {
  const t = useT('admin')
  const [, go] = usePlace()
  const client = useQueryClient()
  const remove = async (): Promise<void> => {
    if (
      !(await confirm({
        title: t('agentDeleteTitle', { name: agent.name }),
        detail: t('agentDeleteDetail'),
        action: t('delete'),
        danger: true,
      }))
    )
      return
    await api.delete(`/my/agents/${agent.id}`)
    onGone()
    await client.invalidateQueries({ queryKey: keys.agents })
    toast({ tone: 'ok', title: t('agentDeleted', { name: agent.name }) })
  }
  const hold = async (): Promise<void> => {
    await api.post(`/my/queues/${encodeURIComponent(agent.name)}/${agent.paused ? 'resume' : 'pause'}`)
    await Promise.all([client.invalidateQueries({ queryKey: ['agent', agent.id] }), client.invalidateQueries({ queryKey: keys.agents })])
  }
  return (
    <div className="row">
      {agent.paused && <Badge tone="warn">{t('queuePaused')}</Badge>}
      <Button variant="ghost" icon={<ArrowLeft size={15} />} onClick={() => go({})}>
        {t('agentsAll')}
      </Button>
      <Menu
        label={t('actions')}
        align="end"
        trigger={(props) => <IconButton {...props} label={t('actions')} icon={<Ellipsis size={17} />} />}
        items={[
          { id: 'copy', label: t('duplicate'), icon: <Copy size={15} />, onSelect: () => go({ id: 'new', from: agent.id }) },
          { id: 'markdown', label: t('exportAgent'), icon: <FileDown size={15} />, onSelect: () => void downloadAgent(agent).catch(toastError) },
          { id: 'hold', label: agent.paused ? t('resumeQueue') : t('pauseQueue'), icon: agent.paused ? <Play size={15} /> : <Pause size={15} />, onSelect: () => void hold().catch(toastError) },
          { id: 'line', line: true },
          {
            id: 'delete',
            label: t('delete'),
            icon: <Trash2 size={15} />,
            danger: true,
            onSelect: () => void remove().catch(toastError),
          },
        ]}
      />
    </div>
  )
}
