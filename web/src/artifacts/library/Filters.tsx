import { type ReactNode, useEffect, useState } from 'react'
import Link2 from 'lucide-react/icons/link-2'
import Search from 'lucide-react/icons/search'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { useDebounced } from '@/lib/useDebounced'
import type { ArtifactType } from '@/lib/types'
import { Button, Select } from '@/ui'
import { type Sort, SORTS, TYPES, type Wish } from './wish'

const TYPING_MS = 200

interface Props {
  wish: Wish
  change: (change: Partial<Wish>) => void
}

export function Filters({ wish, change }: Props): ReactNode {
  const t = useT('artifacts')
  const [text, setText] = useState(wish.q)
  const settled = useDebounced(text, TYPING_MS)
  useEffect(() => {
    if (settled !== wish.q) change({ q: settled })
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled])
  return (
    <div className="library-filters" role="search">
      <label className="library-search">
        <Search size={14} aria-hidden />
        <span className="sr-only">{t('search')}</span>
        <input type="search" value={text} onChange={(event) => setText(event.target.value)} placeholder={t('searchExample')} spellCheck={false} />
      </label>
      <Select
        aria-label={t('type')}
        value={wish.type}
        onChange={(value) => change({ type: value as ArtifactType | '' })}
        options={[{ value: '', label: t('allTypes') }, ...TYPES.map((type) => ({ value: type, label: t(`type_${type}`) }))]}
      />
      <Select
        aria-label={t('sort')}
        value={wish.sort}
        onChange={(value) => change({ sort: value as Sort })}
        options={SORTS.map((sort) => ({ value: sort, label: t(`sort_${sort}`) }))}
      />
      <button type="button" className="btn btn-ghost btn-s library-toggle" aria-pressed={wish.shared} onClick={() => change({ shared: !wish.shared })}>
        <Link2 size={14} aria-hidden />
        {t('onlyShared')}
      </button>
      {wish.tag !== '' && (
        <Button size="s" icon={<X size={13} />} onClick={() => change({ tag: '' })} aria-label={t('withoutTag', { tag: wish.tag })}>
          #{wish.tag}
        </Button>
      )}
    </div>
  )
}
