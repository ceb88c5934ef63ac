import type { FormEvent, KeyboardEvent, ReactNode } from 'react'
import Play from 'lucide-react/icons/play'
import Square from 'lucide-react/icons/square'
import { useT } from '@/i18n'
import { Button, Kbd } from '@/ui'
import type { Tool } from '../api/tools'
import { ArgsFields, ModeChoice } from '../form/ArgsFields'
import { useArgsDraft } from '../form/useArgsDraft'
import { exampleOf, initialOf, isObject, type Json } from '../form/value'
import { Elapsed } from './Elapsed'
import { Outcome } from './Outcome'
import { useTry } from './useTry'
import './trying.css'

const startOf = (tool: Tool): Json => { const value = initialOf(tool.parameters, tool.parameters); return isObject(value) ? value : {} }

/** Calls the tool with arguments from a form made of its schema, or from JSON; everything that guards agents' calls guards these. */
export function TryTool({ tool }: { tool: Tool }): ReactNode {
  const t = useT('tools')
  const draft = useArgsDraft(tool.parameters, () => startOf(tool))
  const { state, run, stop } = useTry(tool.name)
  const isBusy = state.kind === 'busy'
  const submit = (event?: FormEvent): void => {
    event?.preventDefault()
    const args = draft.read()
    if (args && !isBusy) void run(args)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    submit()
  }
  return (
    <div className="trying">
      <form className="stack" noValidate onSubmit={submit} onKeyDown={onKeyDown} aria-label={t('arguments')}>
        <div className="row trying-bar">
          <h3 className="grow small">{t('arguments')}</h3>
          <Button size="s" variant="ghost" onClick={() => draft.fill(exampleOf(tool.parameters, tool.parameters))}>{t('example')}</Button>
          <Button size="s" variant="ghost" onClick={() => draft.fill(startOf(tool))}>{t('clear')}</Button>
          <ModeChoice draft={draft} />
        </div>
        <ArgsFields schema={tool.parameters} draft={draft} />
        <div className="row">
          <Button type="submit" variant="primary" icon={<Play size={14} />} disabled={tool.state === 'quarantined'} loading={isBusy}>{t('run')} <Kbd>Ctrl ↵</Kbd></Button>
          {isBusy && <><Button icon={<Square size={12} />} onClick={stop}>{t('stop')}</Button><Elapsed since={state.since} /></>}
          {draft.mistakes.length > 0 && draft.mode === 'form' && <span className="tiny tone-bad" role="status">{t('mistakes', { n: draft.mistakes.length })}</span>}
          {tool.state === 'quarantined' && <span className="tiny tone-warn">{t('state_quarantinedHint')}</span>}
        </div>
      </form>
      <Outcome state={state} tool={tool} onAgain={(args) => void run(args)} onDrop={stop} />
    </div>
  )
}
