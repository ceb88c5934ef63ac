"""Exported conversations: everything that was said, in Markdown to read and JSON to process."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.chats.export import as_json, as_markdown
from entourage.chats.schemas import Chat
from entourage.events.message import (
    AttachmentPart,
    DataPart,
    Message,
    MessageError,
    Part,
    ReasoningPart,
    SummaryPart,
    TextPart,
    ToolCallPart,
)

CHAT = Chat(
    id="c",
    title="Sales",
    pinned=False,
    active_message_id=None,
    message_count=2,
    running=False,
    version=1,
    created_at=0,
    updated_at=0,
)


def message(*parts: Part, role: str = "assistant", **more: object) -> Message:
    fields = {"id": "m", "chat_id": "c", "parent_id": None, "role": role, "status": "done", "created_at": 0}
    return Message.model_validate({**fields, "parts": list(parts), **more})


def call(**more: object) -> ToolCallPart:
    fields = {"tool_call_id": "t", "tool": "run_code", "args": {"code": "1+1"}, "started_at": "", "status": "ok"}
    return ToolCallPart.model_validate({**fields, **more})


def test_who_said_what_stands_in_order() -> None:
    said = [message(TextPart(text="Hi"), role="user"), message(TextPart(text="Hello"), agent="coder")]
    text = as_markdown(CHAT, said)
    assert text == "# Sales\n\n_1970-01-01T00:00:00.000Z_\n\n## You\n\nHi\n\n## coder\n\nHello\n"


def test_data_is_a_fenced_block_with_its_title() -> None:
    text = as_markdown(CHAT, [message(DataPart(title="City", value={"name": "Évora"}))])
    assert '**City**\n\n```json\n{\n  "name": "Évora"\n}\n```' in text
    assert "****" not in as_markdown(CHAT, [message(DataPart(title="", value={}))])


def test_calls_reasoning_and_summaries_are_folded_away() -> None:
    text = as_markdown(
        CHAT,
        [
            message(
                SummaryPart(upto_message_id="x", messages=4, text="They greeted."),
                ReasoningPart(text="Hm."),
                call(result="2"),
                call(status="failed", error="no"),
            )
        ],
    )
    assert "<summary>4 earlier messages, as the model was told of them</summary>\n\nThey greeted." in text
    assert "<summary>Reasoning</summary>\n\nHm." in text
    assert '<summary>run_code: ok</summary>\n\n```json\n{\n  "code": "1+1"\n}\n```\n\n```\n2\n```' in text
    assert "<summary>run_code: failed</summary>" in text


def test_files_and_failures_are_named() -> None:
    file = AttachmentPart(attachment_id="a", name="a.csv", mime="text/csv", size=3)
    error = MessageError(title="Too slow", detail="A limit was reached.")
    text = as_markdown(CHAT, [message(file, role="user"), message(error=error)])
    assert "a.csv (text/csv, 3 bytes)" in text
    assert "> **Too slow**: A limit was reached." in text
    assert "## agent" in text


@settings(deadline=None)
@given(st.text(alphabet="`~ \nab"), st.text(alphabet="`x\n"))
def test_code_in_results_never_ends_its_block_early(result: str, code: str) -> None:
    text = as_markdown(CHAT, [message(call(result=result, args={"code": code}))])
    lines = text.splitlines()
    fences = [line for line in lines if line.startswith("```") and line.strip("`") in ("", "json")]
    assert lines.count("</details>") == 1
    assert len(fences) >= 4


def test_json_is_everything_and_can_be_read_again() -> None:
    said = [message(TextPart(text="Hi"), role="user"), message(call(result="2"), DataPart(title="", value={"a": 1}))]
    document = json.loads(as_json(CHAT, said))
    assert document["chat"]["title"] == "Sales"
    assert [Message.model_validate({**item, "created_at": 0}) for item in document["messages"]] == said
