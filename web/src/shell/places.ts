/** Screens that need the whole width: the chats are not shown beside them. */
export const isWithoutChats = (pathname: string): boolean => /^\/(settings|observe|gateway|tools|runs|memory|workspaces|results)(\/|$)/.test(pathname)
