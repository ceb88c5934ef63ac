"""What is done for each intent: the tool calls one after the other, and the report at the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import msgspec

from entourage.llm.inside.quotations import numbered
from entourage.llm.offline.csv_flow import csv_answer, csv_calls
from entourage.llm.offline.intents import Intent
from entourage.llm.offline.phrases import abilities, phrase
from entourage.llm.offline.quoting import quoted
from entourage.llm.offline.situation import Outcome, Situation
from entourage.llm.offline.step import Answer, PlannedCall, Step

_HEAD_LINES = 20
_WHOLE_FILE_LINES = 2000


class _Flow(msgspec.Struct, frozen=True):
    """`calls` are made in order; `answer` reports on their outcomes."""

    calls: Callable[[Situation, Intent], list[PlannedCall]] = msgspec.field(default=lambda _situation, _intent: [])
    answer: Callable[[Situation, Intent], str] = msgspec.field(default=lambda _situation, _intent: "")
    is_no_llm_told: bool = False


def next_step(situation: Situation, intent: Intent) -> Step:
    """The next tool call for `intent`, or the final answer once all are made or one has failed."""
    flow = _FLOWS[intent.kind]
    if failed := situation.failure:
        return _final(situation, _failure(situation, failed), told=False)
    calls = flow.calls(situation, intent)
    done = len(situation.outcomes)
    if done < len(calls):
        call = calls[done]
        if call.tool not in situation.offered:
            return _final(situation, phrase("no_tool", situation.language, tool=call.tool), told=False)
        return call
    return _final(situation, flow.answer(situation, intent), told=flow.is_no_llm_told)


def _final(situation: Situation, text: str, *, told: bool) -> Answer:
    return Answer(text if told else f"{text}\n\n{phrase('footer', situation.language)}")


def _failure(situation: Situation, failed: Outcome) -> str:
    return phrase("failed", situation.language, tool=failed.tool, output=quoted(failed.text, situation.language))


def _one_call(tool: str, *names: str) -> Callable[[Situation, Intent], list[PlannedCall]]:
    """A flow of one call whose arguments are the intent's, without the empty ones."""

    def calls(_: Situation, intent: Intent) -> list[PlannedCall]:
        return [PlannedCall(tool, {name: intent.args[name] for name in names if intent.args.get(name)})]

    return calls


def _told(key: str, **defaults: str) -> Callable[[Situation, Intent], str]:
    """A report that fills the phrase `key` with the intent's words and the last tool's output."""

    def answer(s: Situation, intent: Intent) -> str:
        given = {name: value for name, value in intent.args.items() if value}
        output = quoted(s.outcomes[-1].text, s.language) if s.outcomes else ""
        return phrase(key, s.language, **(defaults | given | {"output": output}))

    return answer


def _tool_calls(_: Situation, intent: Intent) -> list[PlannedCall]:
    return [PlannedCall(intent.args["name"], _object(intent.args["args"]))]


def _object(text: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _write_calls(_: Situation, intent: Intent) -> list[PlannedCall]:
    return [PlannedCall("write_file", {"path": intent.args["path"], "content": intent.args["content"]})]


def _write_answer(s: Situation, intent: Intent) -> str:
    return phrase("write", s.language, count=len(intent.args["content"]), path=intent.args["path"])


def _edit_calls(_: Situation, intent: Intent) -> list[PlannedCall]:
    return [PlannedCall("edit_file", {name: intent.args[name] for name in ("path", "old", "new")})]


def _note_calls(_: Situation, intent: Intent) -> list[PlannedCall]:
    args = {"type": "document", "title": intent.args["title"], "content": intent.args["content"]}
    return [PlannedCall("create_artifact", args)]


def _calculated(s: Situation, intent: Intent) -> str:
    key = "calculate" if intent.args["value"] else "undefined"
    return phrase(key, s.language, **intent.args)


def _text_file_calls(_: Situation, intent: Intent) -> list[PlannedCall]:
    return [PlannedCall("read_file", {"path": intent.args["path"], "limit": _WHOLE_FILE_LINES})]


def _text_file_answer(s: Situation, intent: Intent) -> str:
    text = s.outcomes[-1].text
    lines = text.splitlines()
    return phrase(
        "text_file",
        s.language,
        path=intent.args["path"],
        lines=len(lines),
        words=len(text.split()),
        letters=len(text),
        partly=phrase("partly", s.language) if len(lines) >= _WHOLE_FILE_LINES else "",
        output=quoted("\n".join(lines[:_HEAD_LINES]), s.language),
    )


def _help_answer(s: Situation, _: Intent) -> str:
    return f"{phrase('honest', s.language)}\n\n{abilities(s.language)}"


def _unknown_answer(s: Situation, intent: Intent) -> str:
    if s.recalled:
        told = phrase("reminded", s.language, output=quoted(numbered(s.recalled), s.language))
        return f"{told}\n\n{phrase('footer', s.language)}"
    hint = intent.args.get("hint")
    perhaps = phrase("perhaps", s.language, hint=f"`{hint}`") + "\n\n" if hint else ""
    return f"{phrase('honest', s.language)}\n\n{perhaps}{abilities(s.language)}"


_FLOWS: Mapping[str, _Flow] = {
    "tool": _Flow(_tool_calls, _told("tool")),
    "code": _Flow(_one_call("run_code", "language", "code"), _told("code")),
    "csv": _Flow(csv_calls, csv_answer),
    "text_file": _Flow(_text_file_calls, _text_file_answer),
    "other_file": _Flow(answer=_told("other_file")),
    "write": _Flow(_write_calls, _write_answer),
    "edit": _Flow(_edit_calls, _told("edit", new="")),
    "note": _Flow(_note_calls, _told("note")),
    "fetch": _Flow(_one_call("http_fetch", "url"), _told("fetch")),
    "search": _Flow(_one_call("search_files", "query", "path"), _told("search")),
    "calculate": _Flow(answer=_calculated),
    "list": _Flow(_one_call("list_files", "path"), _told("list", path=".")),
    "read": _Flow(_one_call("read_file", "path"), _told("read")),
    "remember": _Flow(_one_call("memory_store", "text"), _told("remember")),
    "recall": _Flow(_one_call("memory_search", "query"), _told("recall")),
    "forget": _Flow(_one_call("memory_forget", "query"), _told("forget")),
    "help": _Flow(answer=_help_answer, is_no_llm_told=True),
    "unknown": _Flow(answer=_unknown_answer, is_no_llm_told=True),
}
