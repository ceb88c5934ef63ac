import type { Translation } from '..'
import type en from '../en/terminal'

const pt: Translation<typeof en> = {
  keys: 'Teclas',
  exited: 'Terminou com o código {code}',
  gone: 'Este terminal já não existe',
  connecting: 'A ligar',
  readOnly: 'Aqui pode ver, mas não escrever',
  watchers: { one: 'Mais {n} a ver', other: 'Mais {n} a ver' },
  lost: '{size} por mostrar: demasiada saída de uma vez',
}
export default pt
