"""What a server that is started here sees of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.mcp.servers.rig import fresh_name
from tests.world import World

URL = "/api/v1/mcp/servers"

IS_ROUTED = len(Path("/proc/net/route").read_text().splitlines()) > 1

QUESTIONS = """
echo uid $(id -u)
echo home $HOME $(touch $HOME/mine && echo writable)
for path in /root /etc/shadow /etc/passwd "$DATA" /var /srv; do [ -e "$path" ] && echo sees $path; done
for path in /usr/x /etc/x /x "$READ/x" ; do ( : > "$path" ) 2>/dev/null && echo writes $path; done
( : > "$WRITE/x" ) 2>/dev/null && echo writes the folder it was given
echo processes $(ls -d /proc/[0-9]* | wc -l)
echo routes $(wc -l < /proc/net/route)
echo marks ${ENTOURAGE_MARK:-none}
echo capabilities $(sed -n 's/CapEff:\\s*//p' /proc/self/status)
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """One it may read and one it may write."""
    read, write = tmp_path / "read", tmp_path / "write"
    for folder in (read, write):
        folder.mkdir()
        folder.chmod(0o777)
    return read, write


@pytest.mark.parametrize("network", [True, False])
async def test_it_sees_what_it_was_given_and_nothing_else(
    small_world: World, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, network: bool
) -> None:
    monkeypatch.setenv("ENTOURAGE_MARK", "of the server itself")
    read, write = folders
    ana = await small_world.person("ana", is_admin=True)
    body = {
        "name": fresh_name(),
        "command": "/bin/sh",
        "args": ["-c", f"( {QUESTIONS} ) >&2"],
        "env": {"DATA": str(small_world.settings.data_dir), "READ": str(read), "WRITE": str(write)},
        "folders": [{"path": str(read)}, {"path": str(write), "writable": True}],
        "network": network,
    }
    made = await ana.post(URL, body, 201)
    assert not (await ana.post(f"{URL}/{made['id']}/check", status=200))["ok"]
    lines = [one["text"] for one in (await ana.get(f"{URL}/{made['id']}/logs"))["items"] if one["stream"] == "stderr"]
    said = {line.split(" ", 1)[0]: line.split(" ", 1)[1] for line in lines}
    assert int(said["uid"]) != 0
    assert said["home"] == "/home/mcp writable"
    assert not [line for line in lines if line.startswith("sees ")], lines
    assert [line for line in lines if line.startswith("writes ")] == ["writes the folder it was given"]
    assert int(said["processes"]) < 12
    assert (int(said["routes"]) > 1) is (network and IS_ROUTED)
    assert said["marks"] == "none"
    assert int(said["capabilities"], 16) == 0
    assert (small_world.settings.data_dir / "mcp" / made["id"] / ana.id / "mine").exists()


async def test_a_folder_that_is_not_there_is_named(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    body = {"name": fresh_name(), "command": "/bin/sh", "folders": [{"path": "/nowhere/at/all"}]}
    made = await ana.post(URL, body, 201)
    check = await ana.post(f"{URL}/{made['id']}/check", status=200)
    assert not check["ok"] and "/nowhere/at/all" in check["error"]
