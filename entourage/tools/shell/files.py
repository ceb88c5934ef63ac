"""Programs that remove, write or open up files."""

from __future__ import annotations

from entourage.tools.shell.arguments import has_flag, operands, starts, value_of
from entourage.tools.shell.flows import outside
from entourage.tools.shell.paths import SYSTEM, TOP, is_within, reading, removing, writing
from entourage.tools.shell.scene import Rule, Scene
from entourage.tools.shell.verdict import Verdict, ask, deny, graver
from entourage.tools.shell.words import Word
from entourage.tools.shell.wrappers import base


def remove(words: list[Word], scene: Scene) -> Verdict | None:
    """rm, rmdir, unlink, shred, srm."""
    if has_flag(words, "", "no-preserve-root"):
        return deny("remove-everything", "--no-preserve-root is only needed to remove everything.")
    recursive = has_flag(words, "rR", "recursive") or base(words[0].text) != "rm"
    found: Verdict | None = None
    for word in operands(words):
        said = _removed(word, scene, recursive=recursive)
        if said:
            found = said if found is None else graver(found, said)
    return found


def _removed(word: Word, scene: Scene, *, recursive: bool) -> Verdict | None:
    path = scene.path(word.text)
    if not word.is_known and path in ("/", "/*", "//"):
        return deny("remove-everything", "What is removed may be everything.")
    if not word.is_known:
        return ask("remove-unknown", "What is removed is not known beforehand.") if recursive else None
    if recursive and _holds_place(path, scene):
        return ask("remove-folder", f"{word.text} is the whole working folder, or more.")
    if recursive:
        return removing(path) or outside(path, scene, "remove")
    return writing(path) or outside(path, scene, "remove")


def _holds_place(path: str, scene: Scene) -> bool:
    """Whether the folder this runs in would go, too."""
    return bool(scene.cwd) and removing(path) is None and is_within(scene.cwd, [path.rstrip("*").rstrip("/") or "/"])


def change_rights(words: list[Word], scene: Scene) -> Verdict | None:
    """chmod, chown, chgrp, chattr, setfacl."""
    given = operands(words)
    recursive = has_flag(words, "R", "recursive")
    found: Verdict | None = None
    for word in given[1:] if not has_flag(words, "", "reference") else given:
        path = scene.path(word.text)
        if recursive and (is_within(path, SYSTEM) or path in ("/", "~", *TOP) or removing(path)):
            return deny("rights", f"It changes the rights of everything in {word.text}.")
        if is_within(path, SYSTEM):
            return deny("rights", f"It changes the rights of {word.text}, which belongs to the system.")
        found = found or outside(path, scene, "change")
    mode = given[0].text if given else ""
    if base(words[0].text) == "chmod" and _is_set_id(mode):
        return deny("rights", "It lets others act with the owner's rights (setuid).")
    if base(words[0].text) == "chmod" and mode.lstrip("0") in ("777", "666", "a+rwx", "ugo+rwx", "a+w", "o+w"):
        return ask("rights", "Everybody could write there.")
    return found


def _is_set_id(mode: str) -> bool:
    return ("+" in mode and "s" in mode.partition("+")[2]) or (len(mode) == 4 and mode[0] in "2467" and mode.isdigit())


def write_last(words: list[Word], scene: Scene) -> Verdict | None:
    """cp, mv, ln, install, rsync: the last operand is written; what is moved away is removed."""
    given = operands(words, "mogSt")
    target = value_of(words, "-t", "--target-directory") or (given[-1] if len(given) > 1 else None)
    said: Verdict | None = None
    if target is not None:
        path = scene.path(target.text)
        said = writing(path) or outside(path, scene, "write")
    if base(words[0].text) == "mv":
        for word in given[:-1]:
            path = scene.path(word.text)
            gone = removing(path) if path in ("/", "~") or path in TOP else writing(path)
            said = graver(said, gone) if said and gone else said or gone
    return said


def write_all(words: list[Word], scene: Scene) -> Verdict | None:
    """tee, touch, truncate, mkdir: every operand is written."""
    found: Verdict | None = None
    for word in operands(words, "srdmp"):
        path = scene.path(word.text)
        said = writing(path) or outside(path, scene, "write")
        found = said if found is None else graver(found, said) if said else found
    return found


def copy_blocks(words: list[Word], scene: Scene) -> Verdict | None:
    """dd: `of=` is written, `if=` read."""
    found: Verdict | None = None
    for word in words[1:]:
        name, _, value = word.text.partition("=")
        path = scene.path(value)
        said = writing(path) if name == "of" else reading(path) if name == "if" else None
        if name == "of" and not word.is_known:
            said = ask("unknown-target", "Where it writes is not known beforehand.")
        found = said if found is None else graver(found, said) if said else found
    return found


def find(words: list[Word], scene: Scene) -> Verdict | None:
    """find: what it executes, deletes and writes."""
    texts = [word.text for word in words]
    where = [scene.path(text) for text in texts[1:] if not text.startswith(("-", "(", "!"))][:1] or ["."]
    for position, text in enumerate(texts):
        if text in ("-exec", "-execdir", "-ok", "-okdir"):
            inner = words[position + 1 :]
            end = next((at for at, word in enumerate(inner) if word.text in (";", "+")), len(inner))
            roots = [Word(where[0]) if word.text == "{}" else word for word in inner[:end]]
            scene.argv(roots)
            scene.say(ask("find-exec", "find runs a command for what it finds."))
        if text in ("-fprint", "-fprintf", "-fls", "-fprint0") and position + 1 < len(texts):
            scene.say(writing(scene.path(texts[position + 1])) or ask("find-write", "find writes a file."))
    if "-delete" in texts:
        said = removing(where[0])
        return said if said and said.behavior == "deny" else ask("find-delete", "find removes what it finds.")
    return None


def archive(words: list[Word], scene: Scene) -> Verdict | None:
    """tar, zip and others: options that run programs, folders that are unpacked into."""
    bad = (
        "--checkpoint-action",
        "--to-command",
        "--use-compress",
        "--rsh-command",
        "--info-script",
        "--new-volume-script",
    )
    if option := starts(words, (*bad, "-TT", "--unzip-command")):
        return deny("archive-runs", f"{option.partition('=')[0]} runs a program.")
    if base(words[0].text) == "tar" and starts(words, ("-I",)):
        return ask("archive-runs", "-I runs a program.")
    target = value_of(words, "-C", "--directory", "-d")
    return writing(scene.path(target.text)) if target else None


def edit_in_place(words: list[Word], scene: Scene) -> Verdict | None:
    """sed: commands that run or write, files changed in place."""
    scripts = [value_of(words, "-e", "--expression")] if starts(words, ("-e", "--expression")) else operands(words)[:1]
    for script in scripts:
        if script and _runs_in_sed(script.text):
            return deny("sed-runs", "sed would run a command.")
    if has_flag(words, "i", "in-place"):
        return write_all(words, scene)
    return None


def _runs_in_sed(script: str) -> bool:
    """`e` as a command or as a flag of `s`."""
    bare = script.strip().lstrip("0123456789,$~ ")
    if bare == "e" or bare.startswith("e "):
        return True
    parts = bare.split(bare[1]) if len(bare) > 4 and bare[0] == "s" else []
    return len(parts) == 4 and "e" in parts[3].split(";")[0]


def filter_with(words: list[Word], scene: Scene) -> Verdict | None:
    """rg --pre, sort --compress-program, tree -o: options of readers that run or write."""
    if option := starts(words, ("--pre=", "--pre", "--hostname-bin", "--compress-prog")):
        return deny("filter-runs", f"{option.partition('=')[0]} runs a program.")
    target = value_of(words, "-o", "--output") if base(words[0].text) in ("sort", "tree") else None
    return writing(scene.path(target.text)) or ask("filter-writes", "It writes a file.") if target else None


FILE_RULES: dict[str, Rule] = {
    **dict.fromkeys(("rm", "rmdir", "unlink", "shred", "srm", "wipe", "trash"), remove),
    **dict.fromkeys(("chmod", "chown", "chgrp", "chattr", "setfacl"), change_rights),
    **dict.fromkeys(("cp", "mv", "ln", "install", "rsync"), write_last),
    **dict.fromkeys(("tee", "touch", "truncate", "mkdir", "fallocate", "mkfifo", "mknod"), write_all),
    **dict.fromkeys(("tar", "bsdtar", "unzip", "zip", "7z", "cpio"), archive),
    **dict.fromkeys(("rg", "sort", "tree"), filter_with),
    "dd": copy_blocks,
    "find": find,
    "sed": edit_in_place,
    "gsed": edit_in_place,
}
