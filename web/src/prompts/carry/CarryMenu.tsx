import { lazy, Suspense, useState, type ReactNode } from 'react'
import Ellipsis from 'lucide-react/icons/ellipsis'
import FileDown from 'lucide-react/icons/file-down'
import FileUp from 'lucide-react/icons/file-up'
import { useT } from '@/i18n'
import { IconButton, Menu, toastError } from '@/ui'
import { downloadAgents } from './agents'

const ImportDialog = lazy(() => import('./ImportDialog'))

/** Agents out as Markdown files, and in from them. */
export function CarryMenu(): ReactNode {
  const t = useT('admin')
  const [open, setOpen] = useState(false)
  return (
    <>
      <Menu
        label={t('actions')} align="end" trigger={(props) => <IconButton {...props} label={t('actions')} icon={<Ellipsis size={17} />} />}
        items={[
          { id: 'import', label: t('importAgents'), icon: <FileUp size={15} />, onSelect: () => setOpen(true) },
          { id: 'export', label: t('exportAgents'), icon: <FileDown size={15} />, onSelect: () => void downloadAgents().catch(toastError) },
        ]}
      />
      {open && <Suspense><ImportDialog onClose={() => setOpen(false)} /></Suspense>}
    </>
  )
}
