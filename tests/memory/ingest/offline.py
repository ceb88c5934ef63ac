"""A real server in a namespace that has nothing but loopback; run by `test_offline.py`, prints what it saw as JSON."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path

from tests.e2e.processes import running_server
from tests.memory.ingest.asking import found, ingest

TEXTS = {
    "harbour.md": "The ferry to the island leaves every morning at nine from the old pier.",
    "receita.md": "O bolo de cenoura leva três ovos, duas xícaras de açúcar e cobertura de chocolate.",
    "gorod.md": "Музей истории города открыт ежедневно, кроме понедельника, вход бесплатный.",
}
QUESTIONS = {
    "When does the ferry leave?": "harbour.md",
    "Quantos ovos leva o bolo?": "receita.md",
    "Когда открыт музей?": "gorod.md",
}


def sent_out() -> int:
    """Packets that this namespace wanted to send to where no route leads, and all its datagrams (name look-ups).

    The kernel counts them, whoever asked: nothing can be tried without it.
    """
    total = 0
    lines = Path("/proc/net/snmp").read_text().splitlines()
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        counted = dict(zip(names.split(), values.split(), strict=True))
        total += int(counted.get("OutNoRoutes", 0)) if names.startswith("Ip:") else 0
        total += int(counted.get("OutDatagrams", 0)) if names.startswith("Udp:") else 0
    for line in Path("/proc/net/snmp6").read_text().splitlines():
        name, value = line.split()
        total += int(value) if name in ("Ip6OutNoRoutes", "Udp6OutDatagrams") else 0
    return total


def _try_once() -> None:
    """An attempt on purpose: shows that attempts are counted."""
    with socket.socket() as outside:
        outside.settimeout(1)
        outside.connect_ex(("192.0.2.1", 80))


async def main(folder: Path) -> None:
    """Boot, read three languages, find each, then look at what the kernel counted."""
    before = sent_out()
    async with running_server(folder) as server:
        anna = await server.sign_in()
        job = await ingest(anna, {name: text.encode() for name, text in TEXTS.items()})
        hits = {question: (await found(anna, question))[0]["source"]["name"] for question in QUESTIONS}
        embedder = (await anna.get("/my/memory/stats"))["embedder"]
        await anna.client.aclose()
        tried = sent_out() - before
    _try_once()
    control = sent_out() - before - tried
    told = {"job": job["status"], "hits": hits, "tried": tried, "control": control, "embedder": embedder}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
