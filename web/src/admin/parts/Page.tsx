import type { ReactNode } from 'react'
import './admin.css'

interface PageProps {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A settings page: its name, one sentence on what it is for, and its sections. */
export function Page({ title, lead, actions, children }: PageProps): ReactNode {
  return (
    <div className="admin-page">
      <header className="admin-head">
        <h1 className="cut">{title}</h1>
        {actions}
        {lead !== undefined && <p className="small muted">{lead}</p>}
      </header>
      {children}
    </div>
  )
}

interface SectionProps {
  title?: string
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

export function Section({ title, lead, actions, children }: SectionProps): ReactNode {
  return (
    <section className="admin-section">
      {title !== undefined && (
        <div className="admin-section-head">
          <div className="grow">
            <h2>{title}</h2>
            {lead !== undefined && <p className="tiny muted">{lead}</p>}
          </div>
          {actions}
        </div>
      )}
      {children}
    </section>
  )
}

/** Rows in one frame, a line between them. */
export function Card({ children, label }: { children: ReactNode; label?: string }): ReactNode {
  return (
    <div className="admin-card" role={label ? 'list' : undefined} aria-label={label}>
      {children}
    </div>
  )
}

interface SettingProps {
  label: string
  hint?: ReactNode
  /** The id of the control, when the label may point at it. */
  htmlFor?: string
  children: ReactNode
}

/** One setting on a line of its own: what it is on the left, its control on the right. */
export function Setting({ label, hint, htmlFor, children }: SettingProps): ReactNode {
  return (
    <div className="admin-setting">
      <div className="grow">
        {htmlFor === undefined ? (
          <div className="admin-setting-label">{label}</div>
        ) : (
          <label className="admin-setting-label" htmlFor={htmlFor}>
            {label}
          </label>
        )}
        {hint !== undefined && <div className="tiny muted">{hint}</div>}
      </div>
      <div className="admin-setting-control">{children}</div>
    </div>
  )
}
