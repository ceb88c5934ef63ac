import {
  createContext, startTransition, useContext, useEffect, useRef, useState, useSyncExternalStore,
  type AnchorHTMLAttributes, type ComponentType, type MouseEvent, type ReactNode, type Ref,
} from 'react'
import { LazyScreen } from './screen'

type Search = Record<string, string | undefined>
export interface Target { to: string; params?: Record<string, string>; search?: Search; replace?: boolean }
interface Place { pathname: string; search: string }

/** A screen at a path: `/chat/$chatId` names a part, a last `$` takes the rest as `_splat`. */
export interface Route {
  path: string
  /** Fetches the screen's code, and whatever else must be there before it is drawn. */
  load: () => Promise<{ default: ComponentType }>
}
export interface Match { params: Record<string, string>; screen: LazyScreen }

let place = read()
const listeners = new Set<() => void>()
/** Asked before leaving; any that answers true keeps the person here. */
const guards = new Set<() => boolean | Promise<boolean>>()

function read(): Place {
  return typeof location === 'undefined' ? { pathname: '/', search: '' } : { pathname: location.pathname, search: location.search }
}

function tell(): void {
  place = read()
  listeners.forEach((listener) => listener())
}

const subscribe = (listener: () => void) => { listeners.add(listener); return () => { listeners.delete(listener) } }
if (typeof window !== 'undefined') window.addEventListener('popstate', () => void leave(tell, () => history.forward()))

async function leave(go: () => void, stay: () => void = () => undefined): Promise<void> {
  for (const guard of guards) if (await guard()) { stay(); return }
  go()
}

export function hrefOf({ to, params = {}, search = {} }: Target): string {
  const path = to.replace(/\$(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const pairs = Object.entries(search).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`
}

export function navigate(target: Target): Promise<void> {
  const href = hrefOf(target)
  if (href === place.pathname + place.search) return Promise.resolve()
  return leave(() => {
    history[target.replace ? 'replaceState' : 'pushState'](null, '', href)
    tell()
  })
}

export const useNavigate = () => navigate
export const currentPath = (): string => place.pathname

interface Shown extends Place { params: Record<string, string>; screen: LazyScreen | null; from: Place }

const show = (): Shown => ({ ...place, from: place, params: {}, screen: null, ...match(place.pathname) })

/** Shows the present place once the code of its screen is there, unless the person has moved on by then. */
function follow(setShown: (shown: Shown) => void): void {
  const next = show()
  void Promise.resolve(next.screen?.ready()).then(() => { if (place === next.from) startTransition(() => setShown(next)) })
}

const ShownContext = createContext<Shown | null>(null)

/** Gives what is shown to everything below; the old screen stays until the code of the new one is there. */
export function RouterProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(show)
  const first = useRef({ ...shown, isDrawn: shown.screen?.isReady ?? true })
  useEffect(() => {
    const { screen, from, isDrawn } = first.current
    if (!isDrawn) void screen?.ready().then(() => { if (place === from) setShown(show()) })
    // A screen may have moved on in its own effects, before this one listened.
    if (place !== from) follow(setShown)
    return subscribe(() => follow(setShown))
  }, [])
  return <ShownContext value={shown}>{children}</ShownContext>
}

/** The shown place: address, named parts of the path, and its screen. */
export function useLocation(): Shown {
  const shown = useContext(ShownContext)
  if (!shown) throw new Error('no RouterProvider around this component')
  return shown
}

/** Whether the shown path is this one; re-renders only when that changes. */
export function useIsAt(pathname: string): boolean {
  return useSyncExternalStore(subscribe, () => place.pathname === pathname)
}

/** The query of the address by name. */
export function useSearch(): Search {
  return Object.fromEntries(new URLSearchParams(useLocation().search))
}

/** Asks before the person leaves while `when` holds: `ask` answers true to let them go. */
export function useLeaveGuard(when: boolean, ask: () => Promise<boolean>): void {
  useEffect(() => {
    if (!when) return
    const guard = async () => !(await ask())
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault()
    guards.add(guard)
    window.addEventListener('beforeunload', onUnload)
    return () => { guards.delete(guard); window.removeEventListener('beforeunload', onUnload) }
  })
}

interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'>, Target { ref?: Ref<HTMLAnchorElement> }

/** An anchor that changes the screen without loading the page; its code is fetched when the pointer comes near. */
export function Link({ to, params, search, replace, onClick, ...rest }: LinkProps) {
  const target: Target = { to, ...(params && { params }), ...(search && { search }), ...(replace !== undefined && { replace }) }
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (event.defaultPrevented || !isPlain || rest.target !== undefined) return
    event.preventDefault()
    void navigate(target)
  }
  const href = hrefOf(target)
  return <a href={href} onClick={go} onPointerEnter={() => match(href.split('?', 1)[0] ?? '')?.screen.ready()} {...rest} />
}

export function Navigate(target: Target) {
  useEffect(() => { void navigate(target) })
  return null
}

const table: { pattern: RegExp; screen: LazyScreen }[] = []

export function defineRoutes(routes: Route[]): void {
  for (const { path, load } of routes) {
    const source = path.replace(/\/\$$/, '(?:/(?<_splat>.*))?').replace(/\$(\w+)/g, '(?<$1>[^/]+)')
    table.push({ pattern: new RegExp(`^${source}/?$`), screen: new LazyScreen(load) })
  }
}

export function match(pathname: string): Match | null {
  for (const { pattern, screen } of table) {
    const found = pattern.exec(pathname)
    if (!found) continue
    const params = Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, value = '']) => [name, decodeURIComponent(value)]))
    return { params, screen }
  }
  return null
}

/** The named parts of the path. */
export const useParams = (): Record<string, string> => useLocation().params
