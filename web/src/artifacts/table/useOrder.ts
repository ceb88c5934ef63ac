import { useEffect, useState } from 'react'
import { toastError } from '@/ui'
import type { Desk } from '../sheet/Desk'
import type { Wish } from '../sheet/messages'
import type { Sheet } from '../sheet/Sheet'
import { isUntouched } from './wish'

export interface Arranged {
  /** Numbers of the rows to show, in order. */
  order: Uint32Array
  /** True while the order is still that of an earlier wish. */
  isBusy: boolean
}

/** The order last worked out, until that of the present wish is there. */
export function useOrder(sheet: Sheet, desk: Desk, wish: Wish): Arranged {
  const own = sheet.ownOrder
  const [met, setMet] = useState({ sheet, wish, order: own })
  useEffect(() => {
    let isLeft = false
    const show = (order: Uint32Array | null): void => {
      if (order && !isLeft) setMet({ sheet, wish, order })
    }
    if (isUntouched(wish)) show(own)
    else desk.order(wish).then(show, toastError)
    return () => {
      isLeft = true
    }
  }, [sheet, desk, wish, own])
  if (isUntouched(wish)) return { order: own, isBusy: false }
  return { order: met.sheet === sheet ? met.order : own, isBusy: met.sheet !== sheet || met.wish !== wish }
}
