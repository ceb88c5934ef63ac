"""What streams say while they pass, in each dialect."""

from __future__ import annotations

from entourage.llm.doors.watching.chat import ChatWatch
from entourage.llm.doors.watching.messages import MessagesWatch
from entourage.llm.doors.watching.responses import ResponsesWatch
from entourage.llm.doors.watching.watch import ToldError, Watch, read_error
from entourage.llm.translate.errors import Dialect

__all__ = ["WATCHES", "ToldError", "Watch", "read_error"]

WATCHES: dict[Dialect, type[Watch]] = {"chat": ChatWatch, "responses": ResponsesWatch, "messages": MessagesWatch}
