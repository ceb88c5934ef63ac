/**
 * Stands in for `<style>` in libraries that write their own: the page's content policy refuses style elements with text,
 * but not sheets made by its scripts. The build puts it in their place (scripts/adoptedStyles.ts).
 */
class AdoptedStyle extends HTMLElement {
  type = ''
  media = ''
  readonly sheet = new CSSStyleSheet()
  private text = ''

  override get textContent(): string { return this.text }
  override set textContent(text: string | null) {
    this.text = text ?? ''
    this.sheet.replaceSync(this.text)
  }

  connectedCallback(): void {
    this.hidden = true
    const root = this.getRootNode() as Document | ShadowRoot
    if (!root.adoptedStyleSheets.includes(this.sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, this.sheet]
    this.leave = () => { root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => sheet !== this.sheet) }
  }

  disconnectedCallback(): void { this.leave() }
  private leave: () => void = () => undefined
}

/** Makes the element known; to be called before a library that needs it runs. */
export function defineAdoptedStyle(): void {
  if (!customElements.get('adopted-style')) customElements.define('adopted-style', AdoptedStyle)
}
