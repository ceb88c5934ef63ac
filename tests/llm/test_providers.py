"""Providers and models through the HTTP doors."""

import pytest

from entourage.accounts.vault import Vault
from entourage.llm.money.call import Tokens
from entourage.llm.money.prices import Prices, dollars

URL = "/api/v1/providers"
OPENAI = {"name": "openai", "type": "openai", "api_key": "sk-very-secret", "models": ["gpt-4o-mini", "gpt-4o"]}


async def connect(person, **fields) -> dict:
    answer = await person.client.post(URL, json=OPENAI | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ids(person) -> list[tuple[str, bool]]:
    return [(m["id"], m["is_default"]) for m in (await person.client.get("/my/models")).json()["items"]]


async def test_without_a_provider_there_is_the_offline_model(ana):
    answer = await ana.client.get("/my/models")
    assert answer.json() == {
        "items": [{"id": "offline", "provider": None, "model": "offline", "offline": True, "is_default": True}]
    }


async def test_a_key_is_never_shown_again_and_rests_encrypted(ana, house):
    made = await connect(ana)
    listed = (await ana.client.get(URL)).text
    one = (await ana.client.get(f"{URL}/{made['id']}")).text
    assert "very-secret" not in str(made) + listed + one
    assert made["has_key"] is True
    assert made["status"] == "unknown"
    assert await house.services.get(Vault).get(ana.id, f"provider:{made['id']}") == "sk-very-secret"
    assert (await ana.client.get("/my/secrets")).json()["items"] == []
    assert all(b"very-secret" not in file.read_bytes() for file in house.settings.data_dir.rglob("*") if file.is_file())


async def test_the_first_provider_becomes_the_default(ana):
    await connect(ana)
    await connect(ana, name="other", models=["m"])
    assert (await ids(ana))[0] == ("openai/gpt-4o-mini", True)
    assert {i for i, _ in await ids(ana)} == {"openai/gpt-4o-mini", "openai/gpt-4o", "other/m", "offline"}


async def test_another_default_replaces_the_first(ana):
    await connect(ana)
    other = await connect(ana, name="other", models=["m"], is_default=True)
    assert (await ids(ana))[0] == ("other/m", True)
    await ana.client.delete(f"{URL}/{other['id']}")
    assert (await ids(ana))[0] == ("openai/gpt-4o-mini", True)


async def test_the_preferred_model_wins_while_it_exists(ana):
    made = await connect(ana)
    await ana.client.patch("/my/preferences", json={"ai": {"default_model": "openai/gpt-4o"}})
    assert (await ids(ana))[0] == ("openai/gpt-4o", True)
    await ana.client.patch("/my/preferences", json={"ai": {"default_model": "offline"}})
    assert (await ids(ana))[0] == ("offline", True)
    await ana.client.patch("/my/preferences", json={"ai": {"default_model": "openai/gpt-4o"}})
    await ana.client.delete(f"{URL}/{made['id']}")
    assert await ids(ana) == [("offline", True)]


async def test_a_second_user_sees_nothing(ana, bob):
    made = await connect(ana)
    assert (await bob.client.get(URL)).json()["items"] == []
    assert await ids(bob) == [("offline", True)]
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test")):
        json = {"name": "mine"} if method == "PATCH" else None
        answer = await bob.client.request(method, f"{URL}/{made['id']}{path}", json=json)
        assert answer.status_code == 404
    await connect(bob)
    assert (await ana.client.get(f"{URL}/{made['id']}")).status_code == 200


async def test_changing_needs_the_newest_version(ana):
    made = await ana.client.post(URL, json=OPENAI)
    path, tag = f"{URL}/{made.json()['id']}", made.headers["etag"]
    changed = await ana.client.patch(path, json={"models": ["a"]}, headers={"If-Match": tag})
    assert changed.json()["models"] == ["a"]
    assert changed.headers["etag"] != tag
    assert (await ana.client.patch(path, json={"models": []}, headers={"If-Match": tag})).status_code == 412
    assert (await ana.client.delete(path, headers={"If-Match": tag})).status_code == 412
    assert (await ana.client.get(path, headers={"If-None-Match": changed.headers["etag"]})).status_code == 304
    assert (await ana.client.delete(path)).status_code == 204


async def test_a_key_can_be_replaced_and_forgotten(ana, house):
    made = await connect(ana)
    path, vault = f"{URL}/{made['id']}", house.services.get(Vault)
    await ana.client.patch(path, json={"api_key": "sk-new"})
    assert await vault.get(ana.id, f"provider:{made['id']}") == "sk-new"
    assert (await ana.client.patch(path, json={"api_key": None})).json()["has_key"] is False
    assert await vault.get(ana.id, f"provider:{made['id']}") is None
    await ana.client.patch(path, json={"api_key": "sk-again"})
    await ana.client.delete(path)
    assert await vault.get(ana.id, f"provider:{made['id']}") is None


async def test_a_name_is_taken_once_per_person(ana, bob):
    await connect(ana)
    again = await ana.client.post(URL, json=OPENAI)
    assert again.status_code == 409
    assert again.json()["errors"][0]["field"] == "name"
    await connect(bob)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "a/b"}, "name"),
        ({"name": "offline"}, "name"),
        ({"name": " "}, "name"),
        ({"type": "other"}, "type"),
        ({"models": ["two words"]}, "models.0"),
        ({"type": "openai_compatible"}, "base_url"),
        ({"base_url": "ftp://x.example/v1"}, "base_url"),
        ({"base_url": "not a url"}, "base_url"),
        ({"base_url": "http://user:pass@x.example/"}, "base_url"),
        ({"base_url": "http://x.example:99999/"}, "base_url"),
        ({"base_url": "http://169.254.169.254/v1"}, "base_url"),
        ({"base_url": "http://[fe80::1]/v1"}, "base_url"),
        ({"base_url": "http://[::ffff:169.254.169.254]/v1"}, "base_url"),
        ({"base_url": "http://[64:ff9b::a9fe:a9fe]/v1"}, "base_url"),
        ({"base_url": "http://2852039166/v1"}, "base_url"),
        ({"base_url": "http://0.0.0.0:8000/v1"}, "base_url"),
        ({"surprise": 1}, "surprise"),
    ],
)
async def test_what_is_not_valid_is_named(ana, change, field):
    answer = await ana.client.post(URL, json=OPENAI | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert "very-secret" not in answer.text


async def test_pages_go_to_the_end(ana):
    names = [f"p{i}" for i in range(5)]
    for name in names:
        await connect(ana, name=name)
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await ana.client.get(URL, params=params)).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == names


@pytest.mark.parametrize("kind", ["openai_compatible", "anthropic_compatible"])
async def test_a_test_lists_the_models_and_fills_an_empty_list(ana, fake_llm, kind):
    url = fake_llm.openai_url if kind.startswith("openai") else fake_llm.anthropic_url
    made = await connect(ana, type=kind, base_url=url, models=[])
    told = (await ana.client.post(f"{URL}/{made['id']}/test")).json()
    assert told["ok"] is True
    assert "csv_walk" in told["models"]
    assert "text-embedding-3-small" not in told["models"]
    after = (await ana.client.get(f"{URL}/{made['id']}")).json()
    assert after["status"] == "ok"
    assert after["models"] == told["models"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"api_key": "wrong"}, "refused the key"),
        ({"base_url": "http://127.0.0.1:1/v1"}, "cannot be reached"),
        ({"base_url": "{url}/nothing"}, "answered 404"),
        ({"base_url": "http://no-such-host.invalid/v1"}, "cannot be reached"),
    ],
)
async def test_a_failing_test_says_why(ana, fake_llm, change, said):
    change = {name: value.replace("{url}", fake_llm.url) for name, value in change.items()}
    made = await connect(ana, **({"type": "openai_compatible", "base_url": fake_llm.openai_url} | change))
    told = (await ana.client.post(f"{URL}/{made['id']}/test")).json()
    assert told["ok"] is False
    assert said in told["error"]
    after = (await ana.client.get(f"{URL}/{made['id']}")).json()
    assert (after["status"], after["last_error"]) == ("failing", told["error"])


async def test_an_api_key_needs_the_write_scope(ana, house):
    client = house.new_client(await house.key(ana, "read"))
    assert (await client.get("/my/models")).status_code == 200
    assert (await client.post(URL, json=OPENAI)).status_code == 403
    assert (await house.new_client().get(URL)).status_code == 401


def test_prices_count_cached_tokens():
    prices, tokens = Prices(), Tokens(input=1000, output=500, cached=600)
    assert dollars(prices.cost("openai", "", "gpt-4o-mini", tokens) or 0) == "0.000405"
    assert prices.cost("openai_compatible", "http://127.0.0.1:9/v1", "home-made", tokens) is None
    assert prices.cost("offline", "", "offline", tokens) == 0
    assert prices.window_tokens("openai", "", "gpt-4o-mini") == 128_000
