"""Names become models that answer through the gateway, and their failures become problems with a way out."""

import pytest

from entourage.kit.errors import Forbidden, Invalid, Problem, TimedOut, TooMany, Unavailable, Upstream
from entourage.llm.http import provider_client
from entourage.llm.inside.model import ask, question, text_of
from entourage.llm.resolve import Models
from entourage.llm.timeouts import Timeouts
from tests.llm.test_providers import URL, connect


@pytest.fixture
def models(house) -> Models:
    return house.services.get(Models)


async def connect_fakes(person, llm) -> None:
    await connect(person, name="o", type="openai", base_url=llm.openai_url, models=["echo", "think"])
    await connect(person, name="a", type="anthropic_compatible", base_url=llm.anthropic_url, models=["long"])


async def say(models, person, name, text="hello") -> str:
    found = await models.resolve(person.id, name)
    return text_of(await ask(found.model, question("", text, 100)))


async def test_names_mean_models(ana, models, fake_llm):
    await connect_fakes(ana, fake_llm)
    for name, meant in {
        None: "o/echo",
        "default": "o/echo",
        "o/think": "o/think",
        "think": "o/think",
        "o": "o/echo",
        "a": "a/long",
        "o/unlisted": "o/unlisted",
        "offline": "offline",
    }.items():
        assert (await models.resolve(ana.id, name)).id == meant


async def test_an_unknown_name_tells_the_known_ones(ana, models, fake_llm):
    await connect_fakes(ana, fake_llm)
    with pytest.raises(Invalid) as caught:
        await models.resolve(ana.id, "gpt-99")
    assert "o/echo" in caught.value.hint


async def test_another_person_cannot_use_a_model(ana, bob, models, fake_llm):
    await connect_fakes(ana, fake_llm)
    with pytest.raises(Invalid):
        await models.resolve(bob.id, "o/echo")
    assert (await models.resolve(bob.id)).is_offline


@pytest.mark.parametrize("kind", ["openai", "openai_compatible", "anthropic", "anthropic_compatible"])
async def test_every_type_answers(ana, models, fake_llm, kind):
    url = fake_llm.openai_url if kind.startswith("openai") else fake_llm.anthropic_url
    await connect(ana, name="p", type=kind, base_url=url, models=["echo"])
    assert await say(models, ana, "p/echo") == "Echo: hello"
    found = await models.resolve(ana.id, "p/echo")
    reply = await ask(found.model, question("Be brief.", "hello", 100))
    assert (text_of(reply), reply.stop) == ("Echo: hello", "end")
    assert reply.spent.input > 0
    headers = fake_llm.requests[0]["headers"]
    assert headers.get("x-api-key", headers.get("authorization", "").removeprefix("Bearer ")) == "sk-very-secret"


async def test_a_new_key_is_used_at_once(ana, models, fake_llm):
    made = await connect(ana, name="o", type="openai_compatible", base_url=fake_llm.openai_url, api_key="wrong-one")
    with pytest.raises(Upstream, match="refused the key") as caught:
        await say(models, ana, "o/echo")
    assert "API key under Models" in caught.value.hint
    await ana.client.patch(f"{URL}/{made['id']}", json={"api_key": "right"})
    assert await say(models, ana, "o/echo") == "Echo: hello"


@pytest.mark.parametrize("provider", ["o", "a"])
@pytest.mark.parametrize(
    ("script", "kind", "said"),
    [
        ("bad_request", Upstream, "Invalid value"),
        ("unknown_model", Upstream, "404"),
        ("rate_limit", TooMany, "429"),
        ("no_credit", Upstream, "quota"),
        ("server_error", Upstream, "500"),
        ("unavailable", Unavailable, "503"),
        ("overloaded", Unavailable, "529"),
        ("cut_before", Upstream, "broke"),
        ("cut_headers", Upstream, "broke"),
        ("malformed", Upstream, ""),
        ("stall", TimedOut, "in time"),
    ],
)
async def test_failures_become_problems_with_a_way_out(ana, models, fake_llm, provider, script, kind, said):
    await connect_fakes(ana, fake_llm)
    with pytest.raises(Problem) as caught:
        await say(models, ana, f"{provider}/{script}")
    assert isinstance(caught.value, kind), caught.value.detail
    assert said in caught.value.detail
    assert caught.value.hint
    if script == "rate_limit":
        assert caught.value.headers["Retry-After"] == "2"


@pytest.mark.parametrize("provider", ["o", "a"])
@pytest.mark.parametrize("script", ["cut_mid", "stall_mid", "malformed", "ends_early", "error_event", "rate_limit"])
async def test_a_stream_that_breaks_is_a_problem_too(ana, models, fake_llm, provider, script):
    await connect_fakes(ana, fake_llm)
    with pytest.raises(Problem) as caught:
        await say(models, ana, f"{provider}/{script}", "a few words to stream")
    assert caught.value.hint


async def test_a_provider_that_moved_to_a_forbidden_address_is_refused_at_connection(fake_llm):
    closed = provider_client(Timeouts(), allow_private=False)
    with pytest.raises(Forbidden, match="private network"):
        await closed.get(f"http://localhost:{fake_llm.port}/v1/models")
    assert fake_llm.requests == []
    await closed.aclose()


async def test_redirects_are_not_followed(ana, models, fake_llm):
    client = provider_client(Timeouts(), allow_private=True)
    assert client.follow_redirects is False
    await client.aclose()
