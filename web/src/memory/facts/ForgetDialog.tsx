import { useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Button, Dialog, Field, Input, toast, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { memories } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { ForgetAsk, Forgotten } from '../api/types'
import { Kind } from '../parts/Kind'
import { useWhose } from '../whose'

type Closeness = 'close' | 'wide'
/** How near in meaning a memory must be to what is to be forgotten. */
const least: Record<Closeness, number> = { close: 0.9, wide: 0.8 }
const most_shown = 12

/** Forgets everything about something, after it was shown what that is. */
export function ForgetDialog({ onClose }: { onClose: () => void }): ReactNode {
  const t = useT('memory')
  const refresh = useRefresh()
  const [query, setQuery] = useState('')
  const [before, setBefore] = useState('')
  const [closeness, setCloseness] = useState<Closeness>('close')
  const [preview, setPreview] = useState<Forgotten | null>(null)
  const [isBusy, setBusy] = useState(false)
  const { id: workspace } = useWhose()
  const here = workspace === undefined ? {} : { workspace }
  const ask: ForgetAsk = { ...here, ...(query.trim() !== '' && { query: query.trim(), min_score: least[closeness] }), ...(before !== '' && { before: `${before}T00:00:00Z` }) }
  const isEmpty = query.trim() === '' && before === ''
  const look = async (event: FormEvent) => {
    event.preventDefault()
    if (isEmpty) return
    setBusy(true)
    try { setPreview(await memories.forget({ ...ask, dry_run: true })) } catch (error) { toastError(error) }
    setBusy(false)
  }
  const forget = async () => {
    if (!preview) return
    setBusy(true)
    try {
      // Exactly what was told, not what would be found by now; of very many only some ids are told.
      const { forgotten } = await memories.forget(preview.ids.length === preview.forgotten ? { ...here, ids: preview.ids } : ask)
      await refresh(keys.all)
      toast({ tone: 'ok', title: t('forgotten', { n: forgotten }) })
      onClose()
    } catch (error) { toastError(error); setBusy(false) }
  }
  const change = (act: () => void) => { act(); setPreview(null) }
  return (
    <Dialog
      open size="l" onClose={onClose} title={t('forgetAbout')} description={t('forgetAboutLead')}
      footer={<><Button onClick={onClose}>{t('back')}</Button>{preview && preview.forgotten > 0
        ? <Button variant="danger" loading={isBusy} onClick={() => void forget()}>{t('forgetN', { n: preview.forgotten })}</Button>
        : <Button variant="primary" type="submit" form="forget" disabled={isEmpty} loading={isBusy}>{t('showFirst')}</Button>}</>}
    >
      <form id="forget" className="stack" onSubmit={(event) => void look(event)}>
        <Field label={t('forgetWhat')}>{(control) => <Input {...control} autoComplete="off" value={query} placeholder={t('forgetExample')} onChange={(event) => change(() => setQuery(event.target.value))} />}</Field>
        <div className="fact-columns">
          <div className="field"><span className="field-label">{t('howClose')}</span><Segments label={t('howClose')} value={closeness} onChange={(next) => change(() => setCloseness(next))} options={[{ value: 'close', label: t('closeOnly') }, { value: 'wide', label: t('closeWide') }]} /></div>
          <Field label={t('olderThan')}>{(control) => <Input {...control} type="date" value={before} onChange={(event) => change(() => setBefore(event.target.value))} />}</Field>
        </div>
      </form>
      {preview && <Preview preview={preview} />}
    </Dialog>
  )
}

function Preview({ preview: { forgotten, items } }: { preview: Forgotten }): ReactNode {
  const t = useT('memory')
  return (
    <div className="forget-preview" role="status">
      <p className="small">{forgotten === 0 ? t('forgetNone') : t('wouldForget', { n: forgotten })}</p>
      {items.length > 0 && <ul>{items.slice(0, most_shown).map(({ id, kind, text }) => <li key={id}><Kind kind={kind} /><span>{text}</span></li>)}</ul>}
      {items.length > 0 && forgotten > Math.min(items.length, most_shown) && <p className="tiny muted">{t('andMore', { n: forgotten - Math.min(items.length, most_shown) })}</p>}
    </div>
  )
}
