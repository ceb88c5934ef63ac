import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { ago } from '@/lib/format'
import { useSession } from '@/lib/session'
import type { Page as PageOf, Person } from '@/lib/types'
import { Badge, confirm, Switch, Table, toastError } from '@/ui'
import { Loaded } from '../parts/Loaded'
import { Page, Section } from '../parts/Page'
import { Invites } from './Invites'

const PEOPLE = ['people'] as const

export function People(): ReactNode {
  const t = useT('admin')
  const people = useQuery({
    queryKey: PEOPLE,
    queryFn: ({ signal }) => api.get<PageOf<Person>>('/api/v1/admin/users', { limit: 200 }, { signal }),
  })
  return (
    <Page title={t('people')} lead={t('peopleLead')}>
      <Loaded query={people}>{({ items }) => <PeopleTable items={items} />}</Loaded>
      <Section title={t('invites')} lead={t('invitesLead')}>
        <Invites />
      </Section>
    </Page>
  )
}

function PeopleTable({ items }: { items: Person[] }): ReactNode {
  const t = useT('admin')
  const client = useQueryClient()
  const me = useSession((state) => state.user?.id)
  const patch = async (person: Person, change: { is_active?: boolean; is_admin?: boolean }): Promise<void> => {
    const off = change.is_active === false
    if (
      off &&
      !(await confirm({
        title: t('personOffTitle', { name: person.full_name }),
        detail: t('personOffDetail'),
        action: t('personOff'),
        danger: true,
      }))
    )
      return
    await api.patch(`/api/v1/admin/users/${person.id}`, change)
    await client.invalidateQueries({ queryKey: PEOPLE })
  }
  return (
    <Table
      label={t('people')}
      rows={items}
      rowKey={(person) => person.id}
      columns={[
        {
          id: 'name',
          label: t('name'),
          cell: (person) => (
            <div className="person">
              <span>
                {person.full_name} {person.id === me && <Badge>{t('you')}</Badge>}
              </span>
              <span className="tiny muted">{person.email}</span>
            </div>
          ),
        },
        {
          id: 'since',
          label: t('memberSince'),
          cell: (person) => <span className="muted nowrap">{ago(person.created_at)}</span>,
        },
        {
          id: 'admin',
          label: t('administrator'),
          cell: (person) => (
            <Switch
              label=""
              aria-label={t('personAdmin', { name: person.full_name })}
              disabled={person.id === me}
              checked={person.is_admin}
              onChange={(is_admin) => void patch(person, { is_admin }).catch(toastError)}
            />
          ),
        },
        {
          id: 'active',
          label: t('mayEnter'),
          cell: (person) => (
            <Switch
              label=""
              aria-label={t('personActive', { name: person.full_name })}
              disabled={person.id === me}
              checked={person.is_active}
              onChange={(is_active) => void patch(person, { is_active }).catch(toastError)}
            />
          ),
        },
      ]}
    />
  )
}
