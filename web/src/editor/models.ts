import { monaco } from './monaco'
import { languageNamed } from './languages'

let made = 0

export interface Named { path?: string | undefined; language?: string | undefined }

/** A text of its own in the editor's memory; its language by name, else by the file's name. Whoever makes it disposes of it. */
export function makeModel(text: string, { path = 'text', language }: Named): monaco.editor.ITextModel {
  const uri = monaco.Uri.from({ scheme: 'entourage', authority: String(++made), path: `/${path.replace(/^\/+/, '')}` })
  const model = monaco.editor.createModel(text, language === undefined ? undefined : languageNamed(language), uri)
  model.updateOptions({ bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false } })
  return model
}
