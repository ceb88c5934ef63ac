"""The store of tasks on SQLite and PostgreSQL."""

from __future__ import annotations

from entourage.agents.bus.changing import Changing
from entourage.agents.bus.entering import Entering
from entourage.agents.bus.leasing import Leasing


class SqlTasks(Entering, Leasing, Changing):
    """Implements `TaskStore`: rows with a place, a lease and a fence."""
