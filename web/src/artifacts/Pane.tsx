import { type ReactNode, Suspense, useState } from 'react'
import { useT } from '@/i18n'
import { usePreferences } from '@/lib/queries'
import type { Artifact } from '@/lib/types'
import { Button, Spinner, toast, toastError } from '@/ui'
import { Body } from './Body'
import { History } from './History'
import { type Mode, modesOf } from './modes'
import { PaneHeader } from './PaneHeader'
import { useArtifactActions } from './queries'

/** What the pane shows: a version in some mode, or two versions compared. */
export interface Shown {
  mode: Mode
  /** Null follows the newest version. */
  version: number | null
  /** The older side of a comparison; null is the version before. */
  base: number | null
}

interface Props {
  artifact: Artifact
  chatId: string | null
  onGone: () => void
}

export function Pane({ artifact, chatId, onGone }: Props): ReactNode {
  const t = useT('artifacts')
  const editor = usePreferences().data?.editor
  const { revert } = useArtifactActions(chatId)
  const [shown, setShown] = useState<Shown>({ mode: modesOf(artifact)[0] ?? 'view', version: null, base: null })
  const [history, setHistory] = useState(false)
  const [wrap, setWrap] = useState<boolean | null>(null)
  const version = shown.version ?? artifact.version
  const wrapped = wrap ?? (artifact.type === 'text' || artifact.type === 'document' || (editor?.wrap ?? false))
  const restore = (to: number): void => {
    revert(artifact.id, to).then(() => {
      setShown({ ...shown, version: null, base: null })
      toast({ tone: 'ok', title: t('reverted', { version: to }) })
    }, toastError)
  }
  return (
    <>
      <PaneHeader
        artifact={artifact}
        chatId={chatId}
        shown={shown}
        onShown={setShown}
        history={history}
        onHistory={setHistory}
        wrap={wrapped}
        onWrap={setWrap}
        onGone={onGone}
        onEdit={() => setShown({ mode: 'edit', version: null, base: null })}
      />
      {history && <History artifact={artifact} shown={shown} onShown={setShown} onRevert={restore} />}
      {version !== artifact.version && shown.base === null && (
        <div className="dock-old">
          <span className="grow">{t('oldVersion', { version, latest: artifact.version })}</span>
          <Button size="s" onClick={() => restore(version)}>
            {t('revert')}
          </Button>
          <Button size="s" variant="ghost" onClick={() => setShown({ ...shown, version: null })}>
            {t('toLatest')}
          </Button>
        </div>
      )}
      <div id="dock-panel" role="tabpanel" aria-label={artifact.title} className="dock-body">
        <Suspense
          fallback={
            <div className="dock-wait">
              <Spinner label={t('loading')} />
            </div>
          }
        >
          <Body
            key={shown.mode}
            artifact={artifact}
            version={version}
            base={shown.base ?? version - 1}
            mode={shown.mode}
            wrap={wrapped}
            fontSize={editor?.font_size ?? 12.5}
            onEdited={() => setShown({ mode: modesOf(artifact)[0] ?? 'view', version: null, base: null })}
          />
        </Suspense>
      </div>
    </>
  )
}
