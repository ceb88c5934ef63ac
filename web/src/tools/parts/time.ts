/** Times come as RFC 3339 or as milliseconds. */
export const toMs = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at))
