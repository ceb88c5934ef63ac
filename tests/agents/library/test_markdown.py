"""An agent as a file: byte for byte there and back; files of other programs are understood, hostile ones refused."""

import string
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.agents.library.markdown import read_agent, write_agent
from entourage.agents.schemas import NewAgent
from entourage.agents.team import TEAM, default_team
from entourage.kit.errors import Invalid

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200)
AGENTS = st.builds(
    NewAgent,
    name=st.from_regex(r"\A[a-z][a-z0-9_-]{1,31}\Z"),
    role=_TEXT,
    instructions=st.lists(_TEXT | st.sampled_from(["---", "", "\r", "```yaml", "&a *a !!x"])).map("\n".join),
    model=st.none() | st.sampled_from(["gpt", "a/b", "yes", "1.0", "~"]),
    tools=st.dictionaries(
        st.text(string.ascii_letters + "._*-?", min_size=1, max_size=20), st.sampled_from(["allow", "ask", "deny"])
    ),
    hue=st.integers(0, 359),
    status=st.sampled_from(["active", "disabled"]),
    fragments=st.lists(st.from_regex(r"\A[a-z][a-z0-9_-]{1,20}\Z"), max_size=3),
    limits=st.fixed_dictionaries({"max_steps": st.integers(1, 500), "max_cost_usd": st.sampled_from([None, "1.50"])}),
    model_settings=st.fixed_dictionaries({"temperature": st.sampled_from([None, 0.5, 1.0])}),
)


@settings(max_examples=200, deadline=None)
@given(agent=AGENTS)
def test_an_agent_comes_back_as_it_was_written_and_is_written_alike_again(agent):
    text = write_agent(agent)
    read = read_agent(text)
    assert read.fields == agent
    assert read.ignored == ()
    assert write_agent(read.fields) == text


@settings(max_examples=200, deadline=None)
@given(text=_TEXT | _TEXT.map(lambda inner: f"---\n{inner}\n---\nbody"))
def test_any_text_is_an_agent_or_refused(text):
    with suppress(Invalid):
        assert isinstance(read_agent(text, "someone").fields, NewAgent)


def test_a_file_of_claude_code_is_understood():
    text = (
        "---\nname: code-reviewer\ndescription: Reviews code for quality and security\n"
        "tools: Read, Grep, Bash(git diff:*), WebFetch, mcp__github__get_issue, Skill\nmodel: sonnet\ncolor: purple\n"
        "permissionMode: plan\n---\nYou are a reviewer.\n"
    )
    read = read_agent(text)
    assert (read.fields.name, read.fields.role) == ("code-reviewer", "Reviews code for quality and security")
    assert read.fields.instructions == "You are a reviewer."
    assert read.fields.tools == {
        "*": "deny",
        "read_file": "allow",
        "search_files": "allow",
        "run_command": "ask",
        "run_code": "allow",
        "http_fetch": "ask",
        "github.get_issue": "ask",
    }
    assert (read.fields.model, read.fields.hue) == (None, 300)
    assert set(read.ignored) == {"permissionMode", "tools: Skill", "model: sonnet"}


def test_a_long_description_is_shortened_to_whole_sentences_and_that_is_told():
    role = "Use this agent when code was written. " + "It does many things. " * 30
    read = read_agent(f"---\nname: long\ndescription: {role!r}\n---\n")
    assert read.fields.role.startswith("Use this agent when code was written.")
    assert read.fields.role.endswith(".")
    assert read.ignored == ("description (shortened)",)


def test_windows_line_ends_and_a_byte_order_mark_are_no_hindrance():
    read = read_agent("\ufeff---\r\nname: crlf\r\n---\r\n\r\nOne\r\nTwo\r\n")
    assert (read.fields.name, read.fields.instructions) == ("crlf", "One\r\nTwo")


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]"


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (BOMB, "anchors"),
        ("name: &x bomb", "anchors"),
        ("name: !!python/object/apply:os.system ['id']", "tag"),
        ("name: !custom x", "tag"),
        ("name: [", "no YAML"),
        ("- a\n- b", "names and values"),
        ("1: x", "names and values"),
        ("name: ../../etc/passwd", "name"),
        ("name: Not A Name", "name"),
        ("name: ok\nhue: 900", "hue"),
        ("name: ok\ntools: 5", "tools"),
        ("name: ok\ntools: {read_file: maybe}", "tools"),
        ("name: ok\nlimits: {max_steps: 0}", "limits"),
        ("name: ok\noutput_schema: {type: string}", "output_schema"),
        ("name: ok\nwhen: 2024-01-01\nx: " + "[" * 50 + "]" * 50, "nested"),
        ("x: " + "y" * 70_000, "larger"),
    ],
)
def test_what_is_hostile_or_wrong_is_refused_with_its_reason(head, why):
    with pytest.raises(Invalid) as refusal:
        read_agent(f"---\n{head}\n---\nbody", "fallback")
    assert why in refusal.value.detail


@pytest.mark.parametrize("text", ["", "no front matter", "---\nname: x\n", "---\nname: big\n---\n" + "x" * 1_100_000])
def test_what_is_no_such_file_is_refused(text):
    with pytest.raises(Invalid):
        read_agent(text, "fallback")


def test_the_default_team_is_whole_and_written_as_we_write():
    team = {member.name: member.fields for member in default_team()}
    assert tuple(team) == TEAM
    for name, fields in team.items():
        assert read_agent(write_agent(fields)).fields == fields
        for part in ("## Method", "## Asking and stopping", "## Result"):
            assert part in fields.instructions, name
    assert len({fields.hue for fields in team.values()}) == len(team)
    assert team["command"].tools["call_operation"] == "allow"
