import { useState, type FormEvent, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { api, ApiError } from '@/lib/api'
import type { NewApiKey } from '@/lib/types'
import { Button, Dialog, Field, Input, Select, Switch, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { keys as names } from '../api/queries'
import { Command } from '../parts/Command'
import { agents, installCommand, isAppName, otlpSettings, type AgentId } from './agents'
import { KEYS } from './keys'

const isAgent = (app: string): app is AgentId => agents.some(({ id }) => id === app)

/** Makes a key for an application and shows, once, the command that uses it. */
export function Connect({ app, onClose }: { app: string; onClose: () => void }): ReactNode {
  const t = useT('observe')
  const client = useQueryClient()
  const [agent, setAgent] = useState<AgentId>(isAgent(app) ? app : 'claude-code')
  const [name, setName] = useState(app)
  const [everywhere, setEverywhere] = useState(true)
  const [approvals, setApprovals] = useState(false)
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [key, setKey] = useState<string | null>(null)
  const shown = name || agent
  const create = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!isAppName(shown)) { setError(t('appNameRule')); return }
    setBusy(true)
    try {
      setKey((await api.post<NewApiKey>('/my/keys', { name: shown, scopes: ['ingest'], app: shown })).key)
      await Promise.all([client.invalidateQueries({ queryKey: KEYS }), client.invalidateQueries({ queryKey: names.sources })])
    } catch (cause) {
      const said = cause instanceof ApiError ? (cause.field('app') ?? cause.field('name')) : undefined
      if (said === undefined) toastError(cause)
      setError(said)
    }
    setBusy(false)
  }
  if (key !== null) {
    return (
      <Dialog open size="l" title={t('keyMade', { name: shown })} description={t('keyOnce')} onClose={onClose} footer={<Button variant="primary" onClick={onClose}>{t('done')}</Button>}>
        <div className="stack">
          <div><h3 className="small">{t('runThis')}</h3><Command text={installCommand({ agent, app: shown, url: location.origin, key, everywhere, approvals })} /></div>
          <div><h3 className="small">{t('forCosts')}</h3><p className="tiny muted">{t('forCostsText')}</p><Command text={otlpSettings(location.origin, key)} /></div>
          <div><h3 className="small">{t('anythingElse')}</h3><Command text={`curl -X POST ${location.origin}/events -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' -d '{"session_id":"demo","type":"custom.hello","data":{"text":"hi"}}'`} /></div>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog
      open size="m" title={t('connect')} description={t('connectText')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="observe-connect" loading={busy}>{t('makeKey')}</Button></>}
    >
      <form id="observe-connect" className="stack" noValidate onSubmit={(event) => void create(event)}>
        <Field label={t('agent')}>{(control) => <Select {...control} value={agent} onChange={(next) => setAgent(next as AgentId)} options={agents.map(({ id, name: label }) => ({ value: id, label }))} />}</Field>
        <Field label={t('appName')} hint={t('appNameHint')} error={error}>
          {(control) => <Input {...control} value={name} placeholder={agent} autoComplete="off" spellCheck={false} onChange={(event) => { setName(event.target.value); setError(undefined) }} />}
        </Field>
        <Segments label={t('where')} value={everywhere ? 'user' : 'project'} onChange={(next) => setEverywhere(next === 'user')} options={[{ value: 'user', label: t('everywhere') }, { value: 'project', label: t('thisProject') }]} />
        <Switch checked={approvals} onChange={setApprovals} label={t('routePermissions')} />
      </form>
    </Dialog>
  )
}
