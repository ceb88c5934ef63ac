import ChartColumn from 'lucide-react/icons/chart-column'
import FileCode from 'lucide-react/icons/file-code'
import FileText from 'lucide-react/icons/file-text'
import Globe from 'lucide-react/icons/globe'
import Image from 'lucide-react/icons/image'
import { useT } from '@/i18n'
import type { ArtifactRef, ArtifactType } from '@/lib/types'
import { useChat } from './context'

const icons: Partial<Record<ArtifactType, typeof Globe>> = { code: FileCode, text: FileText, document: FileText, image: Image, data: ChartColumn, web: Globe }

export function ArtifactChip({ artifact }: { artifact: ArtifactRef }) {
  const t = useT('chat')
  const { openArtifact } = useChat()
  const Icon = icons[artifact.type] ?? FileText
  return (
    <button type="button" className="chip" onClick={() => openArtifact(artifact.id)} data-tip={t('openResult', { title: artifact.title })}>
      <Icon size={14} aria-hidden />
      <span className="cut">{artifact.title}</span>
      {artifact.version > 1 && <span className="faint tiny">v{artifact.version}</span>}
    </button>
  )
}
