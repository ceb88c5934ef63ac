import Bot from 'lucide-react/icons/bot'
import FlaskConical from 'lucide-react/icons/flask-conical'
import KeyRound from 'lucide-react/icons/key-round'
import Lock from 'lucide-react/icons/lock'
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal'
import Puzzle from 'lucide-react/icons/puzzle'
import User from 'lucide-react/icons/user'
import Users from 'lucide-react/icons/users'
import type { AdminRoute } from '@/lib/routes'

export const adminRoutes: AdminRoute[] = [
  {
    path: 'agents',
    labelKey: 'agents',
    icon: Bot,
    component: () => import('./agents/Agents').then((m) => ({ default: m.Agents })),
  },
  {
    path: 'prompts',
    labelKey: 'prompts',
    icon: Puzzle,
    component: () => import('@/prompts/Fragments'),
  },
  {
    path: 'experiments',
    labelKey: 'experiments',
    icon: FlaskConical,
    component: () => import('@/prompts/Experiments'),
  },
  {
    path: 'general',
    labelKey: 'general',
    icon: SlidersHorizontal,
    component: () => import('./general/General').then((m) => ({ default: m.General })),
  },
  {
    path: 'account',
    labelKey: 'account',
    icon: User,
    component: () => import('./account/Account').then((m) => ({ default: m.Account })),
  },
  {
    path: 'keys',
    labelKey: 'keys',
    icon: KeyRound,
    component: () => import('./account/Keys').then((m) => ({ default: m.Keys })),
  },
  {
    path: 'secrets',
    labelKey: 'secrets',
    icon: Lock,
    component: () => import('./account/Secrets').then((m) => ({ default: m.Secrets })),
  },
  {
    path: 'people',
    labelKey: 'people',
    icon: Users,
    adminOnly: true,
    component: () => import('./people/People').then((m) => ({ default: m.People })),
  },
]
