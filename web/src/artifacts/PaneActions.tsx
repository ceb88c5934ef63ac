import type { ReactNode } from 'react'
import Copy from 'lucide-react/icons/copy'
import Download from 'lucide-react/icons/download'
import Ellipsis from 'lucide-react/icons/ellipsis'
import Trash2 from 'lucide-react/icons/trash-2'
import WrapText from 'lucide-react/icons/wrap-text'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import type { Artifact } from '@/lib/types'
import { confirm, IconButton, Menu, type MenuEntry, toast, toastError } from '@/ui'
import { fileName, isText } from './modes'
import { readBlob, readContent, useArtifactActions } from './queries'

interface Props {
  artifact: Artifact
  chatId: string
  version: number
  wrap: boolean
  onWrap: (wrap: boolean) => void
  onGone: () => void
}

export function PaneActions({ artifact, chatId, version, wrap, onWrap, onGone }: Props): ReactNode {
  const t = useT('artifacts')
  const { remove } = useArtifactActions(chatId)
  const copy = async (): Promise<void> => {
    await copyText(await (await readContent(artifact.id, version)).text())
    toast({ tone: 'ok', title: t('copied') })
  }
  const removeAsked = async (): Promise<void> => {
    if (
      !(await confirm({
        title: t('removeTitle', { title: artifact.title }),
        detail: t('removeDetail'),
        action: t('remove'),
        danger: true,
      }))
    )
      return
    await remove(artifact.id)
    onGone()
  }
  const items: MenuEntry[] = [
    {
      id: 'download',
      label: t('download'),
      icon: <Download size={15} />,
      onSelect: () => void download(artifact, version).catch(toastError),
    },
    ...(isText(artifact)
      ? [
          { id: 'copy', label: t('copy'), icon: <Copy size={15} />, onSelect: () => void copy().catch(toastError) },
          { id: 'wrap', label: t('wrap'), icon: <WrapText size={15} />, checked: wrap, onSelect: () => onWrap(!wrap) },
        ]
      : []),
    { id: 'line', line: true },
    {
      id: 'remove',
      label: t('remove'),
      icon: <Trash2 size={15} />,
      danger: true,
      onSelect: () => void removeAsked().catch(toastError),
    },
  ]
  return (
    <Menu
      label={t('actions')}
      align="end"
      items={items}
      trigger={(props) => <IconButton {...props} size="s" label={t('actions')} icon={<Ellipsis size={16} />} />}
    />
  )
}

async function download(artifact: Artifact, version: number): Promise<void> {
  const url = URL.createObjectURL(await readBlob(artifact.id, version, artifact.format))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName(artifact)
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
