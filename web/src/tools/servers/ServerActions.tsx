import { useState, type ReactNode } from 'react'
import Ellipsis from 'lucide-react/icons/ellipsis'
import { useT } from '@/i18n'
import { navigate } from '@/lib/router'
import { confirm, IconButton, Menu, Spinner, toast, toastError, type MenuEntry } from '@/ui'
import { keys, useRefresh } from '../api/queries'
import { servers, type Server, type ServerStatus } from '../api/servers'

type Act = 'start' | 'restart' | 'check'

/** Starting, stopping, checking, turning off and deleting, under one button. */
export function ServerActions({ server, status, onEdit }: { server: Server; status: ServerStatus | undefined; onEdit?: () => void }): ReactNode {
  const t = useT('servers')
  const refresh = useRefresh()
  const [busy, setBusy] = useState(false)
  const isUp = status?.state === 'ready' || status?.state === 'quarantined' || status?.state === 'starting'
  const doing = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true)
    try {
      await work()
      await refresh(keys.servers, keys.tools)
    } catch (error) { toastError(error) }
    setBusy(false)
  }
  const act = (what: Act) => void doing(async () => {
    const { ok, error, status: after } = await servers.try(server.id, what)
    toast(ok ? { tone: 'ok', title: t('checkOk', { name: server.name, n: after.tools }) } : { tone: 'bad', title: t('checkFailed', { name: server.name }), detail: error ?? '' })
  })
  const remove = async (): Promise<void> => {
    if (!(await confirm({ title: t('deleteTitle', { name: server.name }), detail: t('deleteDetail'), action: t('delete'), danger: true }))) return
    await doing(() => servers.remove(server.id))
    await navigate({ to: '/tools/servers' })
  }
  const items: MenuEntry[] = [
    ...(server.enabled ? [
      isUp ? { id: 'stop', label: t('stop'), onSelect: () => void doing(() => servers.stop(server.id)) } : { id: 'start', label: t('start'), onSelect: () => act('start') },
      { id: 'restart', label: t('restart'), onSelect: () => act('restart') },
      { id: 'check', label: t('check'), onSelect: () => act('check') },
    ] : []),
    ...(server.is_own ? [
      { id: 'line', line: true } as const,
      ...(onEdit ? [{ id: 'edit', label: t('edit'), onSelect: onEdit }] : []),
      { id: 'enabled', label: server.enabled ? t('turnOff') : t('turnOn'), onSelect: () => void doing(() => servers.change(server.id, { enabled: !server.enabled })) },
      { id: 'delete', label: t('delete'), danger: true, onSelect: () => void remove() },
    ] : []),
  ]
  if (busy) return <span className="icon-btn icon-btn-s"><Spinner label={t('working')} /></span>
  return <Menu label={t('actionsFor', { name: server.name })} align="end" items={items} trigger={(props) => <IconButton {...props} size="s" label={t('actionsFor', { name: server.name })} icon={<Ellipsis size={16} />} />} />
}
