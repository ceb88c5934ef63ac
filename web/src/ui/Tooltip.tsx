import { useEffect, useRef } from 'react'
import { place } from './place'

const delay_ms = 350

/** One tooltip for the whole page: any element with `data-tip` gets it, on hover and on keyboard focus. Mounted once by the app. */
export function TooltipHost() {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let timer = 0
    let isMoving = false
    const hide = () => { clearTimeout(timer); element.current?.hidePopover() }
    const onKey = (event: Event) => { isMoving = event instanceof KeyboardEvent && /^(Tab|Arrow)/.test(event.key); hide() }
    const show = (event: Event) => {
      const owner = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null
      hide()
      // Focus that a dialog gives to its first button is nobody's question.
      if (!owner || (event.type === 'focusin' && !(isMoving && owner.matches(':focus-visible')))) return
      timer = window.setTimeout(() => {
        const tip = element.current
        if (!tip || !owner.isConnected || owner.getAttribute('aria-expanded') === 'true') return
        tip.textContent = owner.dataset.tip ?? ''
        tip.showPopover()
        place(tip, owner)
      }, delay_ms)
    }
    const opened: [string, (event: Event) => void][] = [['pointerover', show], ['focusin', show], ['pointerdown', hide], ['keydown', onKey], ['pointerleave', hide], ['focusout', hide]]
    opened.forEach(([name, listener]) => document.addEventListener(name, listener))
    document.addEventListener('scroll', hide, true)
    return () => {
      hide()
      opened.forEach(([name, listener]) => document.removeEventListener(name, listener))
      document.removeEventListener('scroll', hide, true)
    }
  }, [])
  return <div ref={element} popover="manual" className="tip" aria-hidden="true" />
}
