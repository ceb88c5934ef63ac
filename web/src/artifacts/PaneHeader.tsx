import type { CSSProperties, ReactNode } from 'react'
import HistoryIcon from 'lucide-react/icons/history'
import { useT } from '@/i18n'
import { ago } from '@/lib/format'
import { useAgents } from '@/lib/queries'
import type { Artifact } from '@/lib/types'
import { IconButton } from '@/ui'
import { Segments } from '@/ui/Segments'
import { isText, MAX_COUNTED_BYTES, type Mode, modesOf, viewerKind } from './modes'
import type { Shown } from './Pane'
import { PaneActions } from './PaneActions'
import { useComparison, useVersions } from './queries'
import { useTick } from './useTick'

interface Props {
  artifact: Artifact
  chatId: string | null
  shown: Shown
  onShown: (shown: Shown) => void
  history: boolean
  onHistory: (open: boolean) => void
  wrap: boolean
  onWrap: (wrap: boolean) => void
  onGone: () => void
  onEdit: () => void
}

export function PaneHeader({ artifact, chatId, shown, onShown, history, onHistory, ...rest }: Props): ReactNode {
  const t = useT('artifacts')
  const modes = modesOf(artifact)
  const kind = viewerKind(artifact)
  const isData = kind === 'csv' || kind === 'json' || kind === 'chart'
  const names: Record<Mode, string> = {
    view: t(isData ? 'modeData' : 'modeView'),
    source: t(kind === 'plain' ? 'modeText' : kind === 'code' ? 'modeCode' : 'modeSource'),
    changes: t('modeChanges'),
    edit: t('edit'),
  }
  return (
    <div className="dock-meta-frame">
      <div className="dock-meta">
        <Provenance artifact={artifact} version={shown.version ?? artifact.version} />
        <Counts
          artifact={artifact}
          shown={shown}
          className={modes.length > 2 && shown.mode !== 'changes' ? 'dock-counts dock-counts-3' : 'dock-counts'}
        />
        <span className="grow" />
        {modes.length > 1 && (
          <Segments
            size="s"
            label={t('mode')}
            value={shown.mode}
            onChange={(mode) => onShown({ ...shown, mode, base: null })}
            options={modes.map((mode) => ({ value: mode, label: names[mode] }))}
          />
        )}
        {artifact.versions > 1 && (
          <IconButton
            size="s"
            label={t('history')}
            icon={<HistoryIcon size={15} />}
            pressed={history}
            onClick={() => onHistory(!history)}
          />
        )}
        <PaneActions artifact={artifact} chatId={chatId} version={shown.version ?? artifact.version} {...rest} />
      </div>
    </div>
  )
}

function Provenance({ artifact, version }: { artifact: Artifact; version: number }): ReactNode {
  const t = useT('artifacts')
  useTick(15_000)
  const hues = useAgents().data
  const old = useVersions(artifact.id).data?.find((item) => item.version === version)
  const agent = old?.agent ?? artifact.agent
  const hue = hues?.find((item) => item.name === agent)?.hue
  const when = ago(old?.created_at ?? artifact.updated_at)
  return (
    <span className="dock-from">
      {hue !== undefined && <span className="hue-dot" style={{ '--h': hue } as CSSProperties} />}
      <span className="cut">{agent ? t('madeBy', { version, agent, when }) : t('made', { version, when })}</span>
    </span>
  )
}

function Counts({ artifact, shown, className }: { artifact: Artifact; shown: Shown; className: string }): ReactNode {
  const t = useT('artifacts')
  const version = shown.version ?? artifact.version
  const base = shown.base ?? version - 1
  const counted = isText(artifact) && artifact.size <= MAX_COUNTED_BYTES && base > 0
  const { data } = useComparison(artifact.id, base, version, counted)
  if (!data || data.diff.added + data.diff.removed === 0) return null
  return (
    <span className={className} title={t('countsTitle', { base, version })}>
      <span className="tone-ok">+{data.diff.added}</span> <span className="tone-bad">−{data.diff.removed}</span>
    </span>
  )
}
