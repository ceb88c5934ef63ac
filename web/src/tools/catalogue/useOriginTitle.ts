import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { serversQuery, servicesQuery } from '../api/queries'
import { originOf } from './groups'

/** The words for where tools come from: the title of a server or service where it has one. */
export function useOriginTitle(): (origin: string) => string {
  const t = useT('tools')
  const servers = useQuery({ ...serversQuery, refetchInterval: false, staleTime: 30_000 }).data ?? []
  const services = useQuery(servicesQuery).data ?? []
  return (origin) => {
    const { kind, name } = originOf(origin)
    const known = kind === 'mcp' ? servers : kind === 'service' ? services : []
    const title = known.find((item) => item.name === name)?.title
    return kind === 'builtin' ? t('origin_builtin') : kind === 'agent' ? t('origin_agent') : title || name || origin
  }
}
