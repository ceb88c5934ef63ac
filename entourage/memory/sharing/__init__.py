"""Memory that the members of a workspace share: whose it is, who may do what with it, and how it ends."""
