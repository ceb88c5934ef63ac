import { type ReactNode, useState } from 'react'
import Monitor from 'lucide-react/icons/monitor'
import RotateCw from 'lucide-react/icons/rotate-cw'
import Smartphone from 'lucide-react/icons/smartphone'
import Tablet from 'lucide-react/icons/tablet'
import { useT } from '@/i18n'
import { IconButton } from '@/ui'
import './media.css'

const SIZES = [
  { id: 'full', width: null, icon: <Monitor size={15} />, label: 'webFull' },
  { id: 'tablet', width: 768, icon: <Tablet size={15} />, label: 'webTablet' },
  { id: 'phone', width: 390, icon: <Smartphone size={15} />, label: 'webPhone' },
] as const

interface Props {
  src: string
  title: string
  /** Asks for a fresh address: the old one may have run out. */
  onReload: () => Promise<void>
}

/** A page an agent made. It may run its scripts and nothing else: no cookies, no storage of ours, no way out of its frame. */
export default function WebView({ src, title, onReload }: Props): ReactNode {
  const t = useT('artifacts')
  const [size, setSize] = useState<(typeof SIZES)[number]>(SIZES[0])
  const [round, setRound] = useState(0)
  return (
    <div className="sheet">
      <div className="sheet-bar">
        {SIZES.map((option) => (
          <IconButton
            key={option.id}
            size="s"
            label={t(option.label)}
            icon={option.icon}
            pressed={option.id === size.id}
            onClick={() => setSize(option)}
          />
        ))}
        <span className="grow" />
        <IconButton
          size="s"
          label={t('webReload')}
          icon={<RotateCw size={15} />}
          onClick={() => void onReload().finally(() => setRound(round + 1))}
        />
      </div>
      <div className="web">
        <iframe
          key={`${src} ${round}`}
          className="web-page"
          src={src}
          title={title}
          sandbox="allow-scripts"
          referrerPolicy="no-referrer"
          style={size.width ? { width: size.width } : {}}
        />
      </div>
    </div>
  )
}
