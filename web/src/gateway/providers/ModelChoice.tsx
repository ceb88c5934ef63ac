import { type FormEvent, type ReactNode, useState } from 'react'
import Plus from 'lucide-react/icons/plus'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { Button, Input } from '@/ui'
import type { Provider } from '../api/types'

interface Props {
  provider: Provider
  /** Somebody else's shared one cannot be changed. */
  isOwn: boolean
  /** What the last test found, none before one. */
  found: readonly string[]
  onFind: () => Promise<void>
  finding: boolean
  onChoose: (models: string[]) => Promise<void>
}

/** Long lists (a router's hundreds of models) show this many until narrowed by typing. */
const SHOWN_AT_MOST = 60
/** So many of the chosen ones are seen until all are asked for. */
const chosen_at_first = 24

/** Which of a provider's models the team may use: chips to take away, a field that finds others or takes a name as typed. */
export function ModelChoice({ provider, isOwn, found, onFind, finding, onChoose }: Props): ReactNode {
  const t = useT('gateway')
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const [all, setAll] = useState(false)
  const chosen = provider.models
  const shown = all || chosen.length <= chosen_at_first + 1 ? chosen : chosen.slice(0, chosen_at_first)
  const needle = typed.trim().toLowerCase()
  const others = found.filter((model) => !chosen.includes(model) && model.toLowerCase().includes(needle))
  const add = (model: string): void => {
    void onChoose([...chosen, model])
    setTyped('')
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const exact = typed.trim()
    if (exact && !chosen.includes(exact)) add(others.length === 1 && others[0] ? others[0] : exact)
  }
  const show = (): void => {
    setOpen(true)
    if (found.length === 0) void onFind()
  }
  return (
    <div className="model-choice">
      <div className="model-chips">
        {shown.map((model) => (
          <span key={model} className={isOwn ? 'model-chip mono' : 'model-chip model-chip-fixed mono'}>
            {model}
            {isOwn && (
              <button
                type="button"
                aria-label={t('modelRemove', { model })}
                onClick={() => void onChoose(chosen.filter((item) => item !== model))}
              >
                <X size={12} aria-hidden />
              </button>
            )}
          </span>
        ))}
        {shown.length < chosen.length && <Button size="s" variant="ghost" onClick={() => setAll(true)}>{t('showAll', { n: chosen.length })}</Button>}
        {chosen.length === 0 && <span className="small muted">{t('modelsNone')}</span>}
        {isOwn && !open && (
          <Button size="s" variant="ghost" icon={<Plus size={13} />} onClick={show}>
            {t('modelAdd')}
          </Button>
        )}
      </div>
      {open && (
        <form className="model-add" onSubmit={submit}>
          <div className="row">
            <Input
              autoFocus
              aria-label={t('modelAdd')}
              placeholder={t('modelFind')}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              spellCheck={false}
            />
            <Button onClick={() => setOpen(false)}>{t('done')}</Button>
          </div>
          <div className="model-chips">
            {others.slice(0, SHOWN_AT_MOST).map((model) => (
              <button key={model} type="button" className="model-chip model-chip-add mono" onClick={() => add(model)}>
                <Plus size={12} aria-hidden />
                {model}
              </button>
            ))}
            {others.length > SHOWN_AT_MOST && (
              <span className="tiny muted">{t('modelsMore', { n: others.length - SHOWN_AT_MOST })}</span>
            )}
            {others.length === 0 && !finding && (
              <span className="tiny muted">{needle ? t('modelTyped', { model: typed.trim() }) : t('modelsAllTaken')}</span>
            )}
          </div>
        </form>
      )}
    </div>
  )
}
