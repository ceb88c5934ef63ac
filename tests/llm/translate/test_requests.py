"""Requests that go through another dialect come back as they were."""

import json

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from entourage.llm.translate import Dialect, Untranslatable, translate_reply, translate_request
from entourage.llm.translate.neutral import Request
from entourage.llm.translate.requests import _WRITE as WRITE
from entourage.llm.translate.requests import read_request
from tests.llm.translate.conversations import compared, requests

CORPUS = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def _shown(request: Request) -> object:
    """The neutral form; a schema's name and strictness, which Anthropic does not have, aside."""
    if request.form:
        request.form.name, request.form.strict = "answer", None
    for tool in request.tools:
        tool.strict = None
    return compared(msgspec.to_builtins(request))


@CORPUS
@given(requests())
def test_a_corpus_of_conversations_survives_between_messages_and_responses(request: Request) -> None:
    _survives(request, "messages", "responses")
    _survives(request, "responses", "messages")


@CORPUS
@given(requests(pictures_in_results=False))
def test_a_corpus_of_conversations_survives_between_chat_and_the_others(request: Request) -> None:
    _survives(request, "chat", "messages")
    _survives(request, "messages", "chat")
    _survives(request, "chat", "responses")
    _survives(request, "responses", "chat")


def _survives(request: Request, source: Dialect, through: Dialect) -> None:
    original = WRITE[source](request, "m")
    there = translate_request(original, source, through, "claude-3-5-sonnet")
    back = translate_request(there, through, source, "m")
    assert _shown(read_request(back, source)) == _shown(read_request(original, source))


def _chat(**more: object) -> bytes:
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}], **more}).encode()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"logit_bias": {"1": 5}}, "logit_bias"),
        ({"presence_penalty": 1}, "presence_penalty"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "tools[0].type"),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_video", "input_video": {}}]}]},
            "messages[0].content[0].type",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}]},
            "messages[0].content[0].file.file_id",
        ),
        ({"temperature": "hot"}, "temperature"),
        ({"messages": []}, "messages"),
    ],
)
def test_what_anthropic_has_no_words_for_is_refused_by_name(more: dict[str, object], field: str) -> None:
    with pytest.raises(Untranslatable) as refused:
        translate_request(_chat(**more), "chat", "messages", "claude-sonnet-4-5")
    assert refused.value.field == field
    assert refused.value.why


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "tools[0]"),
        ({"stop_sequences": ["a", "b", "c", "d", "e"]}, "stop_sequences"),
        ({"mcp_servers": [{"url": "https://example.org"}]}, "mcp_servers"),
        ({"messages": [{"role": "user", "content": [{"type": "search_result"}]}]}, "messages[0].content[0].type"),
    ],
)
def test_what_openai_has_no_words_for_is_refused_by_name(more: dict[str, object], field: str) -> None:
    body = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "hi"}], **more}
    with pytest.raises(Untranslatable) as refused:
        translate_request(json.dumps(body).encode(), "messages", "chat", "gpt-4o")
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"background": True}, "background"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
        ({"input": [{"type": "item_reference", "id": "x"}]}, "input[0].type"),
    ],
)
def test_what_is_kept_at_openai_is_refused_by_name(more: dict[str, object], field: str) -> None:
    with pytest.raises(Untranslatable) as refused:
        translate_request(json.dumps({"model": "m", "input": "hi", **more}).encode(), "responses", "messages", "c")
    assert refused.value.field == field


def test_pictures_of_a_tool_are_shown_in_the_next_message_where_results_are_text() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
    use = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "seen"}, image]}
    messages = [
        {"role": "user", "content": "look"},
        {"role": "assistant", "content": [use]},
        {"role": "user", "content": [result, {"type": "text", "text": "well?"}]},
    ]
    body = json.dumps({"model": "m", "max_tokens": 9, "messages": messages}).encode()
    sent = json.loads(translate_request(body, "messages", "chat", "gpt-4o"))["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "tool", "user"]
    assert sent[3]["content"][0]["image_url"]["url"] == "data:image/png;base64,AAAA"
    assert sent[3]["content"][1] == {"type": "text", "text": "well?"}


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("claude-sonnet-4-5-20250929", {"thinking": {"type": "enabled", "budget_tokens": 8191}}),
        ("claude-opus-4-7", {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}),
        ("claude-3-5-haiku-latest", {}),
    ],
)
def test_an_effort_becomes_the_thinking_a_model_knows(model: str, thinking: dict[str, object]) -> None:
    sent = json.loads(translate_request(_chat(reasoning_effort="high"), "chat", "messages", model))
    assert {name: sent[name] for name in ("thinking", "output_config") if name in sent} == thinking


def test_official_doors_are_sent_only_what_they_document() -> None:
    cache = {"type": "ephemeral"}
    thought = {"type": "thinking", "thinking": "hm", "signature": "c2ln"}
    body = {
        "model": "m",
        "max_tokens": 9,
        "system": [{"type": "text", "text": "be brief", "cache_control": cache}],
        "tools": [{"name": "look", "input_schema": {"type": "object"}, "cache_control": cache}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "hi", "cache_control": cache}]},
            {"role": "assistant", "content": [thought, {"type": "text", "text": "ho"}]},
            {"role": "user", "content": "more"},
        ],
    }
    raw = json.dumps(body).encode()
    for target in ("chat", "responses"):
        assert b"cache_control" in translate_request(raw, "messages", target, "gpt-4o")
        sent = translate_request(raw, "messages", target, "gpt-4o", only_official=True)
        assert b"cache_control" not in sent
        assert b"reasoning" not in sent


def test_functions_of_a_namespace_have_a_joined_name_elsewhere_and_their_own_again() -> None:
    function = {"type": "function", "name": "close", "parameters": {"type": "object"}}
    call = {"type": "function_call", "call_id": "c1", "namespace": "agents", "name": "close", "arguments": "{}"}
    body = {
        "model": "m",
        "input": [
            {"role": "user", "content": "go"},
            call,
            {"type": "function_call_output", "call_id": "c1", "output": ""},
        ],
        "tools": [{"type": "namespace", "name": "agents", "description": "", "tools": [function]}],
    }
    sent = json.loads(translate_request(json.dumps(body).encode(), "responses", "chat", "m"))
    assert sent["tools"][0]["function"]["name"] == "agents--close"
    assert sent["messages"][1]["tool_calls"][0]["function"]["name"] == "agents--close"
    answer = {
        "choices": [{"message": {"tool_calls": sent["messages"][1]["tool_calls"]}, "finish_reason": "tool_calls"}]
    }
    told = json.loads(translate_reply(json.dumps(answer).encode(), "chat", "responses", "m"))["output"][0]
    assert (told["namespace"], told["name"]) == ("agents", "close")


def test_ids_that_anthropic_refuses_are_changed_alike_in_call_and_result() -> None:
    call = {"id": "functions.get:0", "type": "function", "function": {"name": "get", "arguments": ""}}
    messages = [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "functions.get:0", "content": "x"},
    ]
    sent = json.loads(translate_request(_chat(messages=messages), "chat", "messages", "claude-3-5-haiku"))["messages"]
    assert sent[1]["content"] == [{"type": "tool_use", "id": "functions_get_0", "name": "get", "input": {}}]
    assert sent[2]["content"][0]["tool_use_id"] == "functions_get_0"


def test_audio_travels_between_openais_dialects_and_is_refused_for_anthropic() -> None:
    sound = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "mp3"}}
    asked = _chat(messages=[{"role": "user", "content": [{"type": "text", "text": "what is said?"}, sound]}])
    there = translate_request(asked, "chat", "responses", "gpt-audio")
    assert json.loads(there)["input"][0]["content"][1] == sound
    back = json.loads(translate_request(there, "responses", "chat", "gpt-audio"))
    assert back["messages"][0]["content"][1] == sound
    with pytest.raises(Untranslatable, match="input_audio"):
        translate_request(asked, "chat", "messages", "claude-sonnet-4-5")
