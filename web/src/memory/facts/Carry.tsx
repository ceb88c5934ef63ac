import { useRef, type ReactNode } from 'react'
import Ellipsis from 'lucide-react/icons/ellipsis'
import { useT } from '@/i18n'
import { saveBlob } from '@/lib/download'
import { useAct } from '@/runs/parts/useAct'
import { IconButton, Menu, toast } from '@/ui'
import { memories } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import { useWhose } from '../whose'

/** What is done with all memories at once: merge repeats, forget many, carry out, carry in. */
export function Carry({ onForget }: { onForget: () => void }): ReactNode {
  const t = useT('memory')
  const refresh = useRefresh()
  const { id, mayWrite } = useWhose()
  const { busy, act } = useAct<'consolidate' | 'export' | 'import'>()
  const file = useRef<HTMLInputElement>(null)
  const consolidate = () => void act('consolidate', async () => {
    const { merged } = await memories.consolidate(id)
    await refresh(keys.all)
    toast({ tone: 'ok', title: t('consolidated', { n: merged }) })
  })
  const carryOut = () => void act('export', async () => saveBlob(await memories.download(id), `entourage-memory-${new Date().toISOString().slice(0, 10)}.ndjson`))
  const carryIn = (chosen: File | undefined) => chosen && void act('import', async () => {
    const { imported, failed, errors } = await memories.carryIn(chosen, id)
    await refresh(keys.all)
    toast({ tone: failed === 0 ? 'ok' : 'warn', title: t('imported', { n: imported }), ...(failed > 0 && { detail: t('importFailed', { n: failed, line: errors[0]?.line ?? 0, detail: errors[0]?.detail ?? '' }) }) })
  })
  return (
    <>
      <Menu
        label={t('manyActions')} align="end"
        items={[
          ...(mayWrite ? [{ id: 'consolidate', label: t('consolidate'), onSelect: consolidate }, { id: 'forget', label: t('forgetAbout'), danger: true, onSelect: onForget }, { id: 'line', line: true as const }] : []),
          { id: 'export', label: t('exportAll'), onSelect: carryOut },
          ...(mayWrite ? [{ id: 'import', label: t('importAll'), onSelect: () => file.current?.click() }] : []),
        ]}
        trigger={(props) => <IconButton label={t('manyActions')} icon={<Ellipsis size={17} />} aria-busy={busy !== null || undefined} {...props} />}
      />
      <input ref={file} type="file" hidden accept=".ndjson,.jsonl,application/x-ndjson" aria-label={t('importAll')} onChange={(event) => { carryIn(event.currentTarget.files?.[0]); event.currentTarget.value = '' }} />
    </>
  )
}
