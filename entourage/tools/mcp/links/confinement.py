"""The command line that confines an MCP server with bubblewrap: its own processes, its own home, a read-only system.

Unlike code of the model's (`sandboxes/`) a server is chosen by an admin and is often there for the network or for a
folder of the host: it may have both, when they were given to it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from entourage.kit.errors import Unavailable
from entourage.sandboxes.bubblewrap import HostUser

HOME = "/home/mcp"
"""Where a server finds its own folder, which stays when it ends."""

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64")
_SETTINGS = (
    *("ld.so.cache", "alternatives", "ssl", "ca-certificates", "localtime", "nsswitch.conf", "fonts", "mime.types"),
    *("chromium", "chromium.d", "gitconfig", "ssh/ssh_config", "ssh/ssh_known_hosts", "protocols", "services"),
)
_PASSED_ON = (
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"),
)
"""How this machine reaches the world; everything else of the server's environment stays with it."""

_OF_THE_NETWORK = ("resolv.conf", "hosts", "gai.conf", "host.conf")
_MIB = 1_048_576


class Mount(msgspec.Struct, frozen=True):
    """A folder of the host that a server sees, at the same path."""

    path: str
    is_writable: bool = False


@dataclass(frozen=True, slots=True)
class Launch:
    """A command with all it is given; secrets are in `env` (and in `args` where somebody wanted it so)."""

    command: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    mounts: tuple[Mount, ...] = ()
    has_network: bool = True


def confined(launch: Launch, home: Path, user: HostUser) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment, which is not on it: command lines can be read by everybody.

    Raises Unavailable when bubblewrap or the command is not there.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise Unavailable("MCP servers run in bubblewrap, which is not installed.", hint="apt install bubblewrap")
    program = _found(launch)
    for mount in launch.mounts:
        if not Path(mount.path).exists():
            raise Unavailable(f"The folder {mount.path!r}, which the server is given, is not there.")
    programs = [Path(program), *filter(_is_program, map(Path, launch.args))]
    seen = list(dict.fromkeys(path for one in programs for path in _installed(one)))
    argv = [
        bwrap,
        *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "mcp"),
        *("--die-with-parent", *(() if launch.has_network else ("--unshare-net",))),
        *(() if user.dropped else ("--unshare-user", "--disable-userns")),
        *_system(has_network=launch.has_network),
        *_parents((HOME, *seen, *(mount.path for mount in launch.mounts))),
        *(part for path in seen for part in ("--ro-bind", path, path)),
        *("--bind", str(home), HOME),
        *_mounts(launch.mounts),
        *("--chdir", HOME, "--remount-ro", "/"),
        *_as(user),
        program,
        *launch.args,
    ]
    return argv, _environment(launch, program)


def _found(launch: Launch) -> str:
    path = launch.env.get("PATH") or f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}"
    program = shutil.which(launch.command, path=path)
    if program is None:
        raise Unavailable(
            f"The command {launch.command!r} is not installed on the server.",
            hint="Install it, or give its whole path.",
        )
    return program


def _environment(launch: Launch, program: str) -> dict[str, str]:
    folders = [str(Path(program).parent), *SYSTEM_PATH.split(":")]
    passed_on = {name: value for name in _PASSED_ON if (value := os.environ.get(name))}
    return {
        **(passed_on if launch.has_network else {}),
        "HOME": HOME,
        "LANG": "C.UTF-8",
        "PATH": ":".join(dict.fromkeys(folders)),
        "TMPDIR": "/tmp",
        "NO_UPDATE_NOTIFIER": "1",
        "UV_SYSTEM_CERTS": "1",
        "PYTHONUNBUFFERED": "1",
        **launch.env,
    }


def _system(*, has_network: bool) -> list[str]:
    argv: list[str] = []
    for path in _SYSTEM:
        where = Path(path)
        if where.is_symlink():
            argv += ["--symlink", str(where.readlink()), path]
        elif where.is_dir():
            argv += ["--ro-bind", path, path]
    for folder in ("/etc", "/etc/ssh", "/home"):
        argv += ["--perms", "0755", "--dir", folder]
    for name in (*_SETTINGS, *(_OF_THE_NETWORK if has_network else ())):
        argv += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for folder, size in (("/tmp", 256 * _MIB), ("/run", _MIB)):
        argv += ["--size", str(size), "--perms", "1777", "--tmpfs", folder]
    return [*argv, "--proc", "/proc", "--dev", "/dev"]


def _parents(paths: Sequence[str]) -> Iterator[str]:
    """The folders above these, which bubblewrap would make such that nobody but root may enter them."""
    above = {str(parent): None for path in paths for parent in reversed(Path(path).parents)}
    for folder in above:
        if folder not in {"/", "/tmp", "/run", "/dev", "/proc", "/etc"} and not _is_system(folder):
            yield from ("--perms", "0755", "--dir", folder)


def _is_system(path: str) -> bool:
    return f"{path}/".startswith(tuple(f"{place}/" for place in _SYSTEM))


def _mounts(mounts: Sequence[Mount]) -> Iterator[str]:
    for mount in mounts:
        yield from ("--bind" if mount.is_writable else "--ro-bind", mount.path, mount.path)


def _as(user: HostUser) -> list[str]:
    """A server that is root gives that up for its children; bubblewrap itself mounts what they may see before."""
    if not user.dropped:
        return ["--"]
    drop = ["--reuid", str(user.uid), "--regid", str(user.gid), "--clear-groups", "--no-new-privs"]
    return ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--", "/usr/bin/setpriv", *drop, "--inh-caps=-all"]


def _is_program(path: Path) -> bool:
    """Whether an argument is a script or a program to be run: then it has to be seen."""
    if not path.is_absolute() or _is_system(str(path)) or not path.is_file():
        return False
    return path.suffix in {".py", ".js", ".mjs", ".cjs"} or os.access(path, os.X_OK)


def _installed(program: Path, depth: int = 0) -> Iterator[str]:
    """The folders a program outside of the system needs of its installation: its own, and its interpreter's."""
    for path in dict.fromkeys((program, program.resolve())):
        if not _is_system(str(path)):
            yield _prefix(path)
    interpreter = _interpreter(program)
    if interpreter is not None and depth < 3:
        yield from _installed(interpreter, depth + 1)


def _prefix(program: Path) -> str:
    """`venv` of `venv/bin/tool`, `.../node_modules` of anything below it; else the file alone."""
    if "node_modules" in program.parts:
        return str(Path(*program.parts[: program.parts.index("node_modules") + 1]))
    prefix = program.parent.parent
    is_prefix = program.parent.name == "bin" and ((prefix / "pyvenv.cfg").exists() or (prefix / "lib").is_dir())
    return str(prefix if is_prefix else program)


def _interpreter(program: Path) -> Path | None:
    with program.open("rb") as file:
        line = file.readline(512)
    if not line.startswith(b"#!"):
        return None
    words = line[2:].decode(errors="replace").split()
    return Path(words[0]) if words and Path(words[0]).is_absolute() and Path(words[0]).exists() else None
