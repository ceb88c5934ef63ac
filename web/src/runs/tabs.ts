import type { ComponentType } from 'react'
import type { Namespaces } from '@/i18n/namespaces'

export interface RunsTab {
  path: string
  labelKey: keyof Namespaces['runs'] & string
  load: () => Promise<{ default: ComponentType }>
}

/** The first has no path of its own: what is no tab's name is the id of a run. */
export const tabs: readonly RunsTab[] = [
  { path: '', labelKey: 'runs', load: () => import('./list/RunsPage') },
  { path: 'plans', labelKey: 'plans', load: () => import('./plans/PlansPage') },
  { path: 'queues', labelKey: 'queues', load: () => import('./queues/QueuesPage') },
  { path: 'schedules', labelKey: 'schedules', load: () => import('./schedules/SchedulesPage') },
]
