"""What runs beside an outside agent: standard library only, and nothing of this package.

`entourage hooks install` copies this folder next to the agent's key, so that hooks go on when the package moves.
"""
