import type { ComponentType } from 'react'
import type { Namespaces } from '@/i18n/namespaces'
import type { FacetName } from './filters/FilterBar'

export interface ObserveTab {
  path: string
  labelKey: keyof Namespaces['observe'] & string
  load: () => Promise<{ default: ComponentType }>
  /** What the filter bar offers here; without any there is no bar. */
  facets: readonly FacetName[]
  /** Flows on a scrolling page of its own; other tabs fill the screen by themselves. */
  isPage?: boolean
}

type Page = { default: ComponentType }
// Rooms of their own, with their own words.
const apart = import.meta.glob<Page>(['./alerts/Alerts.tsx', './performance/Performance.tsx'])

function room(path: string, labelKey: ObserveTab['labelKey'], file: string): ObserveTab[] {
  const load = apart[file]
  return load ? [{ path, labelKey, load, facets: [], isPage: true }] : []
}

export const tabs: readonly ObserveTab[] = [
  { path: 'live', labelKey: 'live', load: () => import('./live/Live'), facets: ['text', 'sources', 'types', 'agents', 'session'] },
  { path: 'events', labelKey: 'events', load: () => import('./events/Events'), facets: ['text', 'sources', 'types', 'agents', 'time', 'session'] },
  { path: 'sessions', labelKey: 'sessions', load: () => import('./sessions/Sessions'), facets: ['text', 'sources', 'time'] },
  { path: 'costs', labelKey: 'costs', load: () => import('./costs/Costs'), facets: ['time'] },
  { path: 'compare', labelKey: 'compare', load: () => import('./compare/Compare'), facets: [] },
  { path: 'replay', labelKey: 'replay', load: () => import('./replay/Replay'), facets: [] },
  ...room('alerts', 'alerts', './alerts/Alerts.tsx'),
  ...room('performance', 'performance', './performance/Performance.tsx'),
  { path: 'sources', labelKey: 'sources', load: () => import('./sources/Sources'), facets: [] },
]
