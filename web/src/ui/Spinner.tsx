export function Spinner({ label }: { label?: string }) {
  return label === undefined
    ? <span className="spinner" aria-hidden="true" />
    : <span role="status"><span className="spinner" aria-hidden="true" /><span className="sr-only">{label}</span></span>
}
