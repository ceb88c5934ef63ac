import { ConfirmHost } from '@/ui/confirm'
import { TooltipHost } from '@/ui/Tooltip'

/** What may lie over every screen; fetched after the first paint. */
export default function Overlays() {
  return (
    <>
      <ConfirmHost />
      <TooltipHost />
    </>
  )
}
