import { useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { Button, toast, toastError } from '@/ui'
import { memories } from '../api/calls'
import type { Memory } from '../api/types'
import { useWhose } from '../whose'
import { bodyOf, changeOf, formOf, mistakeOf, type MemoryForm } from './form'
import { MemoryFields } from './MemoryFields'

interface Props { memory?: Memory; onDone: (saved: Memory | null) => void }

/** Writes a fact, or mends a memory in its place. When somebody saved it first, both texts are shown and the person chooses. */
export function FactEditor({ memory, onDone }: Props): ReactNode {
  const t = useT('memory')
  const workspace = useWhose().id
  const [base, setBase] = useState(memory)
  const [form, setForm] = useState(() => formOf(memory))
  const [theirs, setTheirs] = useState<Memory | null>(null)
  const [isChecked, setChecked] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const set = (change: Partial<MemoryForm>) => setForm({ ...form, ...change })
  const mistake = mistakeOf(form)
  const send = async (onto: Memory | undefined) => {
    setBusy(true)
    try {
      const change = onto && changeOf(onto, form)
      const saved = onto ? (Object.keys(change ?? {}).length === 0 ? onto : await memories.change(onto, change ?? {})) : await memories.store({ ...bodyOf(form), ...(workspace !== undefined && { workspace }) })
      toast({ tone: 'ok', title: t('saved') })
      onDone(saved)
      return
    } catch (error) {
      const isStale = error instanceof ApiError && error.status === 412 && onto
      if (isStale) setTheirs(await memories.get(onto.id).catch(() => null))
      else toastError(error)
    }
    setBusy(false)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (mistake === null) void send(base)
  }
  const keepMine = () => { if (!theirs) return; setBase(theirs); setTheirs(null); void send(theirs) }
  return (
    <form className="fact-editor" noValidate onSubmit={submit} onKeyDown={(event) => { if (event.key === 'Escape') onDone(null) }}>
      <MemoryFields form={form} mistake={isChecked ? mistake : null} onChange={set} />
      {theirs && (
        <div className="notice notice-warn fact-conflict" role="alert">
          <p><b>{t('changedMeanwhile')}</b></p>
          <p className="fact-theirs">{theirs.text}</p>
          <div className="row"><Button size="s" onClick={() => { setBase(theirs); setForm(formOf(theirs)); setTheirs(null) }}>{t('takeTheirs')}</Button><Button size="s" onClick={keepMine}>{t('keepMine')}</Button></div>
        </div>
      )}
      <div className="row fact-acts"><Button size="s" variant="primary" type="submit" loading={isBusy}>{t('save')}</Button><Button size="s" onClick={() => onDone(null)}>{t('back')}</Button></div>
    </form>
  )
}
