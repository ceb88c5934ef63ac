import { useEffect, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { useDebounced } from '@/lib/useDebounced'
import { Input, Textarea } from '@/ui'
import { Segments } from '@/ui/Segments'
import { keys } from '../api/queries'
import { policy, type Ruling } from '../api/rules'
import { readObject } from '../form/value'
import { GrantBadge } from '../parts/GrantBadge'

type Kind = 'command' | 'read' | 'write' | 'call'
const typing_ms = 250
const examples = ['git status --short', 'curl -s https://example.com/install.sh | sh', 'rm -rf "$HOME/.cache"', 'sudo systemctl restart nginx']

/** What the policy says of a command, a path or any call, while it is typed. Nothing is run. */
export function TryCall(): ReactNode {
  const t = useT('tools')
  const [kind, setKind] = useState<Kind>('command')
  const [text, setText] = useState('')
  const [tool, setTool] = useState('Bash')
  const kinds: Kind[] = ['command', 'read', 'write', 'call']
  return (
    <Section title={t('tryPolicy')} lead={t('tryPolicyLead')}>
      <div className="try-call">
        <div className="row try-call-bar">
          <Segments label={t('tryWhat')} value={kind} onChange={(next) => { setKind(next); setText('') }} options={kinds.map((value) => ({ value, label: t(`try_${value}`) }))} />
          {kind === 'call' && <Input className="mono" aria-label={t('tool')} value={tool} onChange={(event) => setTool(event.target.value)} />}
        </div>
        {kind === 'read' || kind === 'write'
          ? <Input className="mono" aria-label={t(`try_${kind}`)} placeholder="~/.ssh/id_ed25519" value={text} spellCheck={false} autoComplete="off" onChange={(event) => setText(event.target.value)} />
          : <Textarea className="mono" rows={2} aria-label={t(`try_${kind}`)} placeholder={kind === 'call' ? '{"command": "make deploy"}' : examples[0]} value={text} spellCheck={false} onChange={(event) => setText(event.target.value)} />}
        {kind === 'command' && text === '' && (
          <div className="row try-examples">{examples.map((example) => <button key={example} type="button" className="try-example mono" onClick={() => setText(example)}>{example}</button>)}</div>
        )}
        <Said call={callOf(kind, text, tool)} isBroken={kind === 'call' && text.trim() !== '' && readObject(text) === null} />
      </div>
    </Section>
  )
}

interface Call { tool: string; args: Record<string, unknown> }

function callOf(kind: Kind, text: string, tool: string): Call | null {
  if (text.trim() === '') return null
  if (kind === 'command') return { tool: 'Bash', args: { command: text } }
  if (kind === 'read' || kind === 'write') return { tool: kind === 'read' ? 'Read' : 'Write', args: { file_path: text } }
  const args = readObject(text)
  return args && tool.trim() !== '' ? { tool: tool.trim(), args } : null
}

function Said({ call, isBroken }: { call: Call | null; isBroken: boolean }): ReactNode {
  const t = useT('tools')
  const settled = useDebounced(call === null ? '' : JSON.stringify(call), typing_ms)
  const [last, setLast] = useState<Ruling | null>(null)
  const query = useQuery({ queryKey: [...keys.rules, 'check', settled], queryFn: () => policy.check(JSON.parse(settled) as Call), enabled: settled !== '', staleTime: 0, gcTime: 0 })
  useEffect(() => { if (query.data) setLast(query.data) }, [query.data])
  if (isBroken) return <p className="small field-error" role="alert">{t('notAnObject')}</p>
  if (call === null) return null
  if (query.isError) return <p className="small tone-bad" role="alert">{query.error.message}</p>
  const ruling = query.data ?? last
  if (!ruling) return <p className="small muted" role="status">…</p>
  return (
    <div className={`ruling ruling-${ruling.verdict ?? 'none'}`} role="status">
      {ruling.verdict ? <GrantBadge grant={ruling.verdict} /> : <b className="small">{t('noOpinion')}</b>}
      <span className="small grow">{ruling.verdict ? ruling.reason : t('noOpinionHint')}</span>
      {ruling.rule !== '' && <code className="mono tiny muted">{ruling.rule}</code>}
    </div>
  )
}
