"""Where the vault's master keys come from: the settings, a command of a secret manager, or a file of our own."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from entourage.kit.errors import Unavailable
from entourage.settings import Settings

FILE_NAME = "master.key"
_COMMAND_SECONDS = 30


class MasterKeyError(Unavailable):
    """The vault cannot be opened; `hint` says the way out."""

    slug, title = "vault-locked", "The vault of secrets cannot be opened"


async def load_master_keys(settings: Settings) -> list[str]:
    """The keys, newest first. Makes the file when there is none. Raises MasterKeyError."""
    if settings.master_key is not None:
        return parse_keys(settings.master_key.get_secret_value(), "ENTOURAGE_MASTER_KEY")
    if settings.master_key_command:
        return parse_keys(await _run(settings.master_key_command), "the master key command")
    return await asyncio.to_thread(_from_file, key_file(settings))


def key_file(settings: Settings) -> Path:
    """The file of the embedded vault."""
    return settings.data_dir / FILE_NAME


def file_stamp(path: Path) -> tuple[int, int] | None:
    """What changes whenever the key file is replaced; None when it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def new_key() -> str:
    """A fresh master key."""
    return Fernet.generate_key().decode()


def parse_keys(text: str, source: str) -> list[str]:
    """Keys separated by commas or lines. Raises MasterKeyError without repeating any of it."""
    keys = text.replace(",", "\n").split()
    try:
        MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise MasterKeyError(
            f"{source} holds no usable vault key.",
            hint="Each key is 32 random bytes in URL-safe base64, newest first, separated by commas.",
        ) from None
    return keys


def write_keys(path: Path, keys: list[str]) -> None:
    """Replace the key file, whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    _write_new(fresh, keys)
    fresh.replace(path)


def _write_new(path: Path, keys: list[str]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _from_file(path: Path) -> list[str]:
    try:
        if path.exists():
            if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                path.chmod(stat.S_IRUSR | stat.S_IWUSR)
            return parse_keys(path.read_text(), str(path))
        return _first_keys(path)
    except OSError as error:
        raise MasterKeyError(
            f"{path} cannot be read or made: {error.strerror}.", hint="Check who owns the data folder."
        ) from error


def _first_keys(path: Path) -> list[str]:
    """Make the file; of two processes at first start, the one that links it first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = path.with_name(f"{path.name}.{os.getpid()}.new")
    mine.unlink(missing_ok=True)
    _write_new(mine, [new_key()])
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink(missing_ok=True)
    return parse_keys(path.read_text(), str(path))


async def _run(command: str) -> str:
    process = await asyncio.create_subprocess_shell(
        command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _COMMAND_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise MasterKeyError(
            f"The master key command did not end within {_COMMAND_SECONDS} s.", hint="Run it by hand to see why."
        ) from None
    if process.returncode != 0:
        raise MasterKeyError(
            f"The master key command failed with status {process.returncode}.", hint="Run it by hand to see why."
        )
    return output.decode(errors="replace")
