import { type ReactNode, useState } from 'react'
import Undo2 from 'lucide-react/icons/undo-2'
import { useT } from '@/i18n'
import { ago, bytes, dateTime } from '@/lib/format'
import type { Artifact, ArtifactVersion } from '@/lib/types'
import { Button, ErrorState, IconButton, Spinner } from '@/ui'
import { isText } from './modes'
import type { Shown } from './Pane'
import { useVersions } from './queries'

interface Props {
  artifact: Artifact
  shown: Shown
  onShown: (shown: Shown) => void
  onRevert: (version: number) => void
}

/** Every version: look at one, compare any two, bring an old one back as the newest. */
export function History({ artifact, shown, onShown, onRevert }: Props): ReactNode {
  const t = useT('artifacts')
  const versions = useVersions(artifact.id)
  const [ticked, setTicked] = useState<readonly number[]>([])
  if (versions.isPending)
    return (
      <div className="dock-history">
        <Spinner label={t('loading')} />
      </div>
    )
  if (versions.isError)
    return (
      <div className="dock-history">
        <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />
      </div>
    )
  const tick = (version: number): void =>
    setTicked(ticked.includes(version) ? ticked.filter((item) => item !== version) : [...ticked.slice(-1), version])
  const [from, to] = [...ticked].sort((a, b) => a - b)
  const ready = from !== undefined && to !== undefined
  return (
    <div className="dock-history">
      <ul>
        {versions.data.map((version) => (
          <VersionRow
            key={version.version}
            version={version}
            artifact={artifact}
            current={version.version === (shown.version ?? artifact.version)}
            ticked={ticked.includes(version.version)}
            onTick={() => tick(version.version)}
            onRevert={() => onRevert(version.version)}
            onShow={() =>
              onShown({
                mode: shown.base === null ? shown.mode : 'source',
                version: version.version === artifact.version ? null : version.version,
                base: null,
              })
            }
          />
        ))}
      </ul>
      {isText(artifact) && (
        <div className="dock-compare">
          <span className="grow tiny muted">{ready ? '' : t('compareHint')}</span>
          <Button
            size="s"
            disabled={!ready}
            onClick={() => {
              if (ready) onShown({ mode: 'changes', version: to, base: from })
            }}
          >
            {ready ? t('compareTwo', { from, to }) : t('compare')}
          </Button>
        </div>
      )}
    </div>
  )
}

interface RowProps {
  version: ArtifactVersion
  artifact: Artifact
  current: boolean
  ticked: boolean
  onTick: () => void
  onShow: () => void
  onRevert: () => void
}

function VersionRow({ version, artifact, current, ticked, onTick, onShow, onRevert }: RowProps): ReactNode {
  const t = useT('artifacts')
  return (
    <li className={current ? 'dock-version dock-version-on' : 'dock-version'}>
      {isText(artifact) && (
        <input type="checkbox" checked={ticked} onChange={onTick} aria-label={t('compareThis', { version: version.version })} />
      )}
      <button type="button" className="dock-version-open" aria-current={current || undefined} onClick={onShow}>
        <b>v{version.version}</b>
        <span className="cut grow">{version.note ?? (version.agent ? t('by', { agent: version.agent }) : '')}</span>
        <span className="faint" title={dateTime(version.created_at)}>
          {ago(version.created_at)}
        </span>
        <span className="faint dock-size">{bytes(version.size)}</span>
      </button>
      {version.version === artifact.version ? (
        <span className="dock-latest tiny muted">{t('latest')}</span>
      ) : (
        <IconButton size="s" label={t('revertTo', { version: version.version })} icon={<Undo2 size={14} />} onClick={onRevert} />
      )}
    </li>
  )
}
