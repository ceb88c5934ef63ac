/** The text of a response, decoded as its bytes come: `text()` does all of a large one in a single task of the page. */
export async function decodeText({ body }: Response): Promise<string> {
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) text += decoder.decode(read.value, { stream: true })
  return text + decoder.decode()
}
