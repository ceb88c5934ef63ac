import CircleAlert from 'lucide-react/icons/circle-alert'
import { Link } from '@/lib/router'
import { useT } from '@/i18n'
import type { Message, RunError } from '@/lib/types'
import { Button } from '@/ui'
import { useSend } from './useSend'

/** Why a run failed, what helps, and another try. */
export function RunProblem({ message, error, isChild = false }: { message: Message; error: RunError; isChild?: boolean }) {
  const t = useT('chat')
  const { regenerate } = useSend()
  const isAboutModels = /model|provider|api key/i.test(`${error.title} ${error.hint ?? ''}`)
  return (
    <div className="problem" role="alert">
      <CircleAlert size={16} className="tone-bad" aria-hidden />
      <div className="grow">
        <b>{error.title}</b>
        <p className="muted">{error.detail}</p>
        {error.hint != null && error.hint !== '' && <p>{error.hint}</p>}
        {!isChild && (
          <div className="row problem-do">
            <Button size="s" onClick={() => regenerate(message.id)}>{t('again')}</Button>
            {isAboutModels && <Link className="btn btn-s" to={'/gateway/models'}>{t('cmdModels')}</Link>}
          </div>
        )}
      </div>
    </div>
  )
}
