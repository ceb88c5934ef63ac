import type { CSSProperties, ReactNode } from 'react'
import AudioLines from 'lucide-react/icons/audio-lines'
import ChartColumn from 'lucide-react/icons/chart-column'
import FileCode from 'lucide-react/icons/file-code'
import FileText from 'lucide-react/icons/file-text'
import Film from 'lucide-react/icons/film'
import Globe from 'lucide-react/icons/globe'
import Image from 'lucide-react/icons/image'
import Link2 from 'lucide-react/icons/link-2'
import Monitor from 'lucide-react/icons/monitor'
import MousePointerClick from 'lucide-react/icons/mouse-pointer-click'
import SquareTerminal from 'lucide-react/icons/square-terminal'
import { useT } from '@/i18n'
import { ago, bytes } from '@/lib/format'
import { useAgents } from '@/lib/queries'
import { Link } from '@/lib/router'
import type { Artifact, ArtifactType } from '@/lib/types'
import { clock } from '../clock'
import { Marked } from './Marked'
import { keepSearch } from './Library'

const ICONS: Record<ArtifactType, typeof Globe> = {
  code: FileCode,
  terminal: SquareTerminal,
  image: Image,
  video: Film,
  audio: AudioLines,
  document: FileText,
  data: ChartColumn,
  web: Globe,
  interactive: MousePointerClick,
  desktop: Monitor,
  text: FileText,
}

interface Props {
  items: readonly Artifact[]
  openId: string
  onTag: (tag: string) => void
}

export function Cards({ items, openId, onTag }: Props): ReactNode {
  const t = useT('artifacts')
  const hues = useAgents().data
  return (
    <ul className="cards" aria-label={t('results')}>
      {items.map((item) => (
        <li key={item.id} ref={item.id === openId ? reveal : null} className={item.id === openId ? 'card card-on' : 'card'}>
          <Glance item={item} />
          <div className="card-text">
            <Link
              to={`/results/${item.id}`}
              search={keepSearch()}
              className="card-title cut"
              aria-current={item.id === openId ? 'true' : undefined}
            >
              {item.title}
            </Link>
            <p className="card-facts tiny muted">
              {item.agent && <span className="hue-dot" style={{ '--h': hues?.find(({ name }) => name === item.agent)?.hue ?? 220 } as CSSProperties} />}
              <span className="cut">
                {[item.agent, `v${item.version}`, bytes(item.size), ago(item.updated_at)].filter(Boolean).join(' · ')}
              </span>
              {item.shared && <Link2 size={12} aria-label={t('isShared')} role="img" />}
            </p>
            {item.snippet && (
              <p className="card-snippet tiny">
                <Marked text={item.snippet} />
              </p>
            )}
            {item.metadata && item.metadata.tags.length > 0 && (
              <p className="card-tags">
                {item.metadata.tags.slice(0, 4).map((tag) => (
                  <button key={tag} type="button" className="card-tag tiny" onClick={() => onTag(tag)}>
                    #{tag}
                  </button>
                ))}
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}

/** The open card is brought into sight, also when its result was come to by an address. */
function reveal(card: HTMLElement | null): void {
  card?.scrollIntoView({ block: 'nearest' })
}

/** What it looks like in small: its picture, how its text begins, or the sign of its type. */
function Glance({ item }: { item: Artifact }): ReactNode {
  const t = useT('artifacts')
  const Icon = ICONS[item.type] ?? FileText
  const picture = item.preview?.thumbnail_url ?? (item.format === 'image/svg+xml' ? item.content_url : null)
  const text = item.preview?.text
  const seconds = item.preview?.seconds
  return (
    <div className={`card-glance card-glance-${item.type}`}>
      {picture ? (
        <img src={picture} alt="" loading="lazy" decoding="async" />
      ) : text ? (
        <pre aria-hidden>{text}</pre>
      ) : (
        <Icon size={30} aria-hidden />
      )}
      <span className="card-type">
        <Icon size={12} aria-hidden />
        {t(`type_${item.type}`)}
        {seconds != null && <span className="card-length">{clock(Math.round(seconds))}</span>}
      </span>
    </div>
  )
}
