export function Logo({ size = 18 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path fill="var(--accent)" fillRule="evenodd" d="M12 1.5 22.5 12 12 22.5 1.5 12Zm0 6L7.5 12l4.5 4.5 4.5-4.5Z" />
    </svg>
  )
}
