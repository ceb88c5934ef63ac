/** The editor's policies whose HTML carries places and sizes in style attributes. */
const drawing = new Set(['editorViewLayer', 'diffEditorWidget', 'stickyScrollViewLayer', 'diffReview', 'editorGhostText'])

const tag = /<[a-z][^<>]*>/g
/** Text in this HTML has its angle brackets escaped: what looks like a tag is one. */
const withoutStyles = (html: string): string => html.replace(tag, (found) => found.replace(' style="', ' data-drawn="'))

interface Policy { createHTML?: (html: string) => string; createScriptURL?: (url: string) => string }

/**
 * The editor asks this for the policies of its HTML. Under the page's content policy style attributes in HTML are
 * ignored: they are renamed here and set by `drawStyles` as properties, which are allowed.
 */
export function strictPolicy(name: string, policy?: Policy): Policy & { name: string } {
  const { createHTML } = policy ?? {}
  return drawing.has(name) && createHTML ? { ...policy, name, createHTML: (html) => withoutStyles(createHTML(html)) } : { ...policy, name }
}

function draw(element: Element): void {
  if (!(element instanceof HTMLElement) && !(element instanceof SVGElement)) return
  for (const rule of (element.getAttribute('data-drawn') ?? '').split(';')) {
    const at = rule.indexOf(':')
    const property = rule.slice(0, at).trim()
    // What the editor has set itself since is newer.
    if (at > 0 && element.style.getPropertyValue(property) === '') element.style.setProperty(property, rule.slice(at + 1).trim())
  }
  element.removeAttribute('data-drawn')
}

/** Sets the styles of whatever is drawn under this element, before it is painted. Returns what ends it. */
export function drawStyles(root: HTMLElement): () => void {
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue
        if (node.hasAttribute('data-drawn')) draw(node)
        node.querySelectorAll('[data-drawn]').forEach(draw)
      }
    }
  })
  observer.observe(root, { childList: true, subtree: true })
  return () => observer.disconnect()
}
