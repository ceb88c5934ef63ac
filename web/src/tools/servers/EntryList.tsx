import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { Badge } from '@/ui'
import { entriesQuery } from '../api/queries'

/** Servers that are ready to be added, each of which was tried. */
export function EntryList({ added, onChoose }: { added: readonly string[]; onChoose: (entry: string) => void }): ReactNode {
  const t = useT('servers')
  return (
    <Loaded query={useQuery(entriesQuery)}>
      {(entries) => (
        <ul className="entries">
          {entries.map((entry) => (
            <li key={entry.id}>
              <button type="button" className="entry" onClick={() => onChoose(entry.id)}>
                <span className="row"><b>{entry.title}</b>{added.includes(entry.id) && <Badge tone="ok">{t('added')}</Badge>}<span className="grow" /><span className="tiny faint">{entry.transport}</span></span>
                <span className="tiny muted entry-about">{entry.description}</span>
                {entry.needs.length > 0 && <span className="tiny faint">{t('needs', { what: entry.needs.map(({ label }) => label).join(', ') })}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  )
}
