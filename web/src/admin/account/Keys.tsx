import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import KeyRound from 'lucide-react/icons/key-round'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { ago, dateTime } from '@/lib/format'
import type { ApiKey, Page as PageOf } from '@/lib/types'
import { Button, confirm, EmptyState, Table, toast, toastError } from '@/ui'
import { Loaded } from '../parts/Loaded'
import { Page } from '../parts/Page'
import { KEYS, NewKey } from './NewKey'

export function Keys(): ReactNode {
  const t = useT('admin')
  const [creating, setCreating] = useState(false)
  const keys = useQuery({
    queryKey: KEYS,
    queryFn: ({ signal }) => api.get<PageOf<ApiKey>>('/my/keys', { limit: 200 }, { signal }),
  })
  return (
    <Page
      title={t('keys')}
      lead={t('keysLead')}
      actions={
        <Button variant="primary" icon={<Plus size={15} />} onClick={() => setCreating(true)}>
          {t('keyNew')}
        </Button>
      }
    >
      <Loaded query={keys}>
        {({ items }) =>
          items.length > 0 ? (
            <KeyTable items={items} />
          ) : (
            <EmptyState icon={<KeyRound size={20} />} title={t('keysEmpty')}>
              <p>{t('keysEmptyDetail')}</p>
            </EmptyState>
          )
        }
      </Loaded>
      {creating && <NewKey onClose={() => setCreating(false)} />}
    </Page>
  )
}

function KeyTable({ items }: { items: ApiKey[] }): ReactNode {
  const t = useT('admin')
  const client = useQueryClient()
  const revoke = async (key: ApiKey): Promise<void> => {
    if (
      !(await confirm({
        title: t('keyRevokeTitle', { name: key.name }),
        detail: t('keyRevokeDetail'),
        action: t('revoke'),
        danger: true,
      }))
    )
      return
    await api.delete(`/my/keys/${key.id}`)
    await client.invalidateQueries({ queryKey: KEYS })
    toast({ tone: 'ok', title: t('keyRevoked', { name: key.name }) })
  }
  return (
    <Table
      label={t('keys')}
      rows={items}
      rowKey={(key) => key.id}
      columns={[
        { id: 'name', label: t('name'), cell: (key) => key.name },
        { id: 'prefix', label: t('key'), cell: (key) => <span className="mono muted">{key.prefix}…</span> },
        { id: 'scopes', label: t('keyReach'), cell: (key) => <span className="muted nowrap">{key.scopes.join(', ')}</span> },
        {
          id: 'used',
          label: t('lastUsed'),
          cell: (key) => <span className="muted nowrap">{key.last_used_at ? ago(key.last_used_at) : t('never')}</span>,
        },
        {
          id: 'expires',
          label: t('expires'),
          cell: (key) => <span className="muted nowrap">{key.expires_at ? dateTime(key.expires_at) : t('never')}</span>,
        },
        {
          id: 'revoke',
          label: '',
          align: 'end',
          cell: (key) => (
            <Button size="s" variant="danger" onClick={() => void revoke(key).catch(toastError)}>
              {t('revoke')}
            </Button>
          ),
        },
      ]}
    />
  )
}
