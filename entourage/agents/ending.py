"""Why a run that said its last word goes on."""

from __future__ import annotations


class NotesLeft(Exception):
    """Somebody said something to the run before it had ended: it has not, and there are `notes` notes now."""

    def __init__(self, notes: int) -> None:
        super().__init__(f"{notes} notes")
        self.notes = notes
