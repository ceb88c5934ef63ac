import { lazy, type ReactNode, Suspense, useState } from 'react'
import Copy from 'lucide-react/icons/copy'
import Download from 'lucide-react/icons/download'
import Ellipsis from 'lucide-react/icons/ellipsis'
import Link2 from 'lucide-react/icons/link-2'
import Pencil from 'lucide-react/icons/pencil'
import Trash2 from 'lucide-react/icons/trash-2'
import WrapText from 'lucide-react/icons/wrap-text'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import type { Artifact } from '@/lib/types'
import { confirm, IconButton, Menu, type MenuEntry, toast, toastError } from '@/ui'
import { download } from './download'
import { isText } from './modes'
import { readContent, useArtifactActions } from './queries'

const ShareDialog = lazy(() => import('./share/ShareDialog'))

interface Props {
  artifact: Artifact
  chatId: string | null
  version: number
  wrap: boolean
  onWrap: (wrap: boolean) => void
  onGone: () => void
  onEdit: () => void
}

export function PaneActions({ artifact, chatId, version, wrap, onWrap, onGone, onEdit }: Props): ReactNode {
  const t = useT('artifacts')
  const [sharing, setSharing] = useState(false)
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
          { id: 'edit', label: t('edit'), icon: <Pencil size={15} />, onSelect: onEdit },
          { id: 'copy', label: t('copy'), icon: <Copy size={15} />, onSelect: () => void copy().catch(toastError) },
          { id: 'wrap', label: t('wrap'), icon: <WrapText size={15} />, checked: wrap, onSelect: () => onWrap(!wrap) },
        ]
      : []),
    { id: 'share', label: t('share'), icon: <Link2 size={15} />, onSelect: () => setSharing(true) },
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
    <>
      <Menu
        label={t('actions')}
        align="end"
        items={items}
        trigger={(props) => <IconButton {...props} size="s" label={t('actions')} icon={<Ellipsis size={16} />} />}
      />
      {sharing && (
        <Suspense>
          <ShareDialog artifact={artifact} version={version} onClose={() => setSharing(false)} />
        </Suspense>
      )}
    </>
  )
}
