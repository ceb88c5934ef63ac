"""Programs that talk to other machines: what they would send, and what they would put where."""

from __future__ import annotations

from entourage.tools.shell.arguments import operands, starts, value_of
from entourage.tools.shell.paths import is_private, is_secret, normal, writing
from entourage.tools.shell.scene import Rule, Scene
from entourage.tools.shell.verdict import Verdict, ask, deny
from entourage.tools.shell.words import Word
from entourage.tools.shell.wrappers import base

_UPLOADS = (
    *("-T", "--upload-file", "-F", "--form", "-d", "--data", "--data-binary", "--data-urlencode", "--data-raw"),
    *("--post-file", "--body-file", "--json"),
)


def fetch(words: list[Word], scene: Scene) -> Verdict | None:
    """curl, wget, http: files that go out, and files that come in to bad places."""
    if any(word.has_command for word in words[1:]):
        return deny("exfiltration", "What another command prints would leave this machine.")
    if starts(words, ("-K", "--config", "--use-askpass", "--unix-socket", "--abstract-unix-socket")):
        return ask("network", "It takes its orders from a file, or talks to a local socket.")
    for option in _UPLOADS:
        sent = value_of(words, option)
        if sent is not None and (said := _sent(option, sent.text)):
            return said
    for option in ("-o", "--output", "-O", "--output-document", "-P", "--output-dir", "-D", "--dump-header", "-c"):
        target = value_of(words, option)
        if target is not None and target.text and (said := writing(scene.path(target.text))):
            return said
    return _to_metadata(words)


def _sent(option: str, text: str) -> Verdict | None:
    path = (
        text.partition("@")[2].partition(";")[0] if "@" in text else text if "file" in option or option == "-T" else ""
    )
    if not path:
        return None
    path = normal(path)
    if is_secret(path) or is_private(path):
        return deny("exfiltration", f"{path} would leave this machine.")
    return ask("upload", f"{path} would leave this machine.")


def _to_metadata(words: list[Word]) -> Verdict | None:
    for word in operands(words):
        if "169.254.169.254" in word.text or "metadata.google.internal" in word.text:
            return deny("metadata", "That address gives out the machine's own keys.")
    return None


def connect(words: list[Word], _scene: Scene) -> Verdict | None:
    """nc, ncat, socat, telnet: shells on the network, and everything else that goes out."""
    name = base(words[0].text)
    texts = [word.text.lower() for word in words[1:]]
    runs = ("-e", "-c", "--exec", "--sh-exec", "--lua-exec")
    if name != "socat" and any(
        text in runs or (text[:1] == "-" and text[1:2] != "-" and "e" in text) for text in texts
    ):
        return deny("remote-shell", f"{name} would give others a program on this machine.")
    if any(text.startswith(("exec:", "system:")) for text in texts):
        return deny("remote-shell", f"{name} would give others a program on this machine.")
    return ask("network", f"{name} talks to another machine.")


def remote(words: list[Word], scene: Scene) -> Verdict | None:
    """ssh: options that run something here; commands over there are judged as if they were here."""
    if any("proxycommand" in word.text.lower() or "localcommand" in word.text.lower() for word in words[1:]):
        return deny("ssh-runs", "The option runs a program on this machine.")
    given = operands(words, "bcDEeFIiJLlmOopQRSWw")
    if len(given) > 1:
        scene.script(Word(" ".join(word.text for word in given[1:]), all(word.is_known for word in given)))
    return ask("remote", "It works on another machine.")


def copy(words: list[Word], scene: Scene) -> Verdict | None:
    """scp, sftp, ftp, rsync to another machine."""
    if starts(words, ("-S", "-oProxyCommand", "--rsh", "-e")) or any("ProxyCommand" in word.text for word in words):
        return ask("remote", "The option chooses the program that connects.")
    given = operands(words, "iPloScF")
    if given and (":" in given[-1].text or base(words[0].text) in ("sftp", "ftp", "lftp")):
        return ask("upload", "What is copied leaves this machine.")
    return writing(scene.path(given[-1].text)) if given else None


def tunnel(words: list[Word], _scene: Scene) -> Verdict | None:
    """ngrok and its kin open this machine to others."""
    return ask("tunnel", f"{base(words[0].text)} lets others reach this machine.")


NETWORK_RULES: dict[str, Rule] = {
    **dict.fromkeys(("curl", "wget", "http", "https", "xh", "aria2c"), fetch),
    **dict.fromkeys(("nc", "ncat", "netcat", "socat", "telnet"), connect),
    **dict.fromkeys(("ssh", "mosh", "autossh"), remote),
    **dict.fromkeys(("scp", "sftp", "ftp", "lftp"), copy),
    **dict.fromkeys(("ngrok", "cloudflared", "localtunnel", "chisel", "frpc"), tunnel),
}
