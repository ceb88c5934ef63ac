import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import ArrowUp from 'lucide-react/icons/arrow-up'
import X from 'lucide-react/icons/x'
import { Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Link } from '@/lib/router'
import { IconButton } from '@/ui'
import { fragmentsQuery } from './api'
import './prompts.css'

/** The fragments that stand before an agent's instructions, in their order. */
export function FragmentPicks({ chosen, onChange }: { chosen: readonly string[]; onChange: (names: string[]) => void }): ReactNode {
  const t = useT('prompts')
  const known = useQuery(fragmentsQuery).data ?? []
  const free = known.filter(({ name }) => !chosen.includes(name))
  const raise = (at: number) => { const next = [...chosen]; const [name] = next.splice(at, 1); if (name !== undefined) next.splice(at - 1, 0, name); onChange(next) }
  if (known.length === 0 && chosen.length === 0) return null
  return (
    <Section title={t('fragments')} lead={t('picksLead')}>
      {chosen.length > 0 && (
        <ol className="fragment-picks" aria-label={t('fragments')}>
          {chosen.map((name, index) => (
            <li key={name}>
              <span className="faint tabular tiny">{index + 1}</span><span className="grow cut">{name}</span>
              {!known.some((fragment) => fragment.name === name) && <span className="tiny tone-warn">{t('missing')}</span>}
              <IconButton size="s" label={t('raise', { name })} disabled={index === 0} icon={<ArrowUp size={14} />} onClick={() => raise(index)} />
              <IconButton size="s" label={t('takeOut', { name })} icon={<X size={14} />} onClick={() => onChange(chosen.filter((other) => other !== name))} />
            </li>
          ))}
        </ol>
      )}
      <div className="fragment-free">
        {free.map(({ name, description }) => <button key={name} type="button" className="pick" title={description} onClick={() => onChange([...chosen, name])}>+ {name}</button>)}
        <Link to="/settings/prompts" className="tiny">{t('toFragments')}</Link>
      </div>
    </Section>
  )
}
