"""Finding a tool by words: names count most, endings do not, changes cost only themselves."""

from __future__ import annotations

from dataclasses import replace

from entourage.tools.finding import ToolIndex, words
from tests.tools.mcp.front.rig import tool_of


def tool(name: str, told: str = "", **properties: str):
    schema = {"type": "object", "properties": {key: {"description": value} for key, value in properties.items()}}
    return tool_of("s", {"name": name, "description": told, "inputSchema": schema})


TOOLS = [
    tool("list_pull_requests", "Pull requests of a repository."),
    tool("createIssue", "Open an issue about something.", title="What it is about"),
    tool("read_file", "The text of a file.", path="Where the file is"),
    tool("send_mail", "Send a message to somebody.", to="Whom to send it to"),
]


def names(found) -> list[str]:
    return [one.name.partition(".")[2] for one in found]


def test_words_of_names_are_found_however_they_are_written() -> None:
    assert words("listPullRequests_HTTP-2") == ["list", "pull", "request", "http", "2"]
    assert words("Repositories") == words("repository")


def test_the_best_comes_first_and_what_does_not_fit_not_at_all() -> None:
    index = ToolIndex(TOOLS)
    assert names(index.search("listing the pull requests"))[0] == "list_pull_requests"
    assert names(index.search("create issues")) == ["createIssue"]
    assert names(index.search("path")) == ["read_file"]
    assert index.search("of the and") == []
    assert index.search("quantum") == []
    assert names(index.search("send read", limit=1)) == ["send_mail"]


def test_a_name_finds_its_tool() -> None:
    index = ToolIndex(TOOLS)
    assert names(index.search("s.read_file"))[0] == "read_file"
    assert names(index.search("s__read_file"))[0] == "read_file"


def test_an_update_is_as_good_as_a_new_index() -> None:
    index = ToolIndex(TOOLS)
    changed = replace(TOOLS[2], description="Bytes on a disk.", fingerprint="")
    index.update([TOOLS[0], changed, tool("new_thing", "Quantum leaps.")])
    assert len(index) == 3
    assert names(index.search("quantum")) == ["new_thing"]
    assert names(index.search("disk")) == ["read_file"]
    assert index.search("mail") == []
    index.update([])
    assert (len(index), index.search("file"), index._postings) == (0, [], {})
