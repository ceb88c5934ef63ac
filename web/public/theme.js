// Runs before the first paint, so that a saved theme never flashes.
(() => {
  let wanted = 'auto'
  try { wanted = JSON.parse(localStorage.getItem('entourage.ui') ?? '{}').theme ?? 'auto' } catch { /* storage is blocked */ }
  const light = wanted === 'light' || (wanted === 'auto' && matchMedia('(prefers-color-scheme: light)').matches)
  document.documentElement.dataset.theme = light ? 'light' : 'dark'
})()
