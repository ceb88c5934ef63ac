"""Programs that change the machine: disks, people, services, the kernel, the record of what happened."""

from __future__ import annotations

from entourage.tools.shell.arguments import has_flag, operands, starts
from entourage.tools.shell.scene import Rule, Scene
from entourage.tools.shell.verdict import Verdict, ask, deny
from entourage.tools.shell.words import Word
from entourage.tools.shell.wrappers import base

_READING_UNITS = frozenset(
    {"status", "show", "is-active", "is-enabled", "is-failed", "list-units", "list-unit-files", "list-timers", "cat"}
)


def _never(why: str, rule: str = "system") -> Rule:
    def rule_of(words: list[Word], _scene: Scene) -> Verdict | None:
        return deny(rule, f"{base(words[0].text)} {why}.")

    return rule_of


def _asking(why: str, rule: str = "system") -> Rule:
    def rule_of(words: list[Word], _scene: Scene) -> Verdict | None:
        return ask(rule, f"{base(words[0].text)} {why}.")

    return rule_of


def services(words: list[Word], _scene: Scene) -> Verdict | None:
    """systemctl, service: reading is harmless, changing is not."""
    verbs = [word.text for word in operands(words, "tpnHMo")]
    if verbs and verbs[0] in _READING_UNITS:
        return None
    if verbs and verbs[0] in ("poweroff", "reboot", "halt", "kexec", "suspend", "hibernate", "rescue", "emergency"):
        return deny("power", "It stops the machine.")
    return ask("services", "It changes the services of this machine.") if verbs else None


def kill(words: list[Word], _scene: Scene) -> Verdict | None:
    """kill -1 and its kin end every process of a person."""
    targets = [word.text for word in words[1:]]
    if "-1" in targets[1:] or targets[:1] == ["-1"] or targets[:2] == ["--", "-1"]:
        return deny("kill-all", "It ends every process.")
    if "1" in targets:
        return deny("kill-all", "Process 1 is the machine itself.")
    return None


def crontab(words: list[Word], _scene: Scene) -> Verdict | None:
    """crontab -l reads; everything else plants or removes jobs."""
    return None if has_flag(words, "l") else deny("scheduled", "It changes what is run later, unseen.")


def history(words: list[Word], _scene: Scene) -> Verdict | None:
    """history -c, -d, -w change the record."""
    return deny("history", "It changes the shell's history.") if has_flag(words, "cdwrn") else None


def unset(words: list[Word], _scene: Scene) -> Verdict | None:
    """Taking away the variables of the history."""
    hidden = any(word.text.startswith("HIST") for word in words[1:])
    return deny("history", "It hides what is run from the history.") if hidden else None


def containers(words: list[Word], _scene: Scene) -> Verdict | None:
    """docker, podman: ways out of the container."""
    texts = [word.text for word in words[1:]]
    if any(text in ("--privileged", "--pid=host") or text.startswith("--cap-add=ALL") for text in texts):
        return deny("container-escape", "The container could do what root can.")
    mounts = [text for text in texts if text.startswith(("/:", "-v/:")) or "source=/," in text or "src=/," in text]
    mounts += [text for text in texts if "docker.sock" in text or text.startswith(("/etc:", "/root:"))]
    if mounts:
        return deny("container-escape", f"{mounts[0]} gives the container this machine.")
    if "prune" in texts or texts[:2] in (["volume", "rm"], ["system", "reset"]):
        return ask("containers", "It removes data of containers.")
    return None


def packages(words: list[Word], _scene: Scene) -> Verdict | None:
    """apt, dnf and others change the machine."""
    verbs = {word.text for word in operands(words)}
    if verbs & {
        "install",
        "remove",
        "purge",
        "upgrade",
        "dist-upgrade",
        "autoremove",
        "erase",
        "-S",
        "-R",
        "add",
        "del",
    }:
        return ask("packages", "It changes what is installed on this machine.")
    return None


def deployments(words: list[Word], _scene: Scene) -> Verdict | None:
    """Tools that take away what runs elsewhere."""
    texts = [word.text for word in words[1:]]
    verb = next(
        (text for text in texts if text in ("delete", "destroy", "rm", "rb", "drain", "uninstall", "terminate")), None
    )
    if verb or starts(words, ("delete-", "terminate-", "remove-")):
        return ask("deployment", f"{base(words[0].text)} takes away what runs elsewhere.")
    return None


def publish(words: list[Word], _scene: Scene) -> Verdict | None:
    """npm publish and its kin cannot be undone."""
    verbs = {word.text for word in words[1:3]}
    if verbs & {"publish", "unpublish", "upload", "yank", "login", "adduser", "token"}:
        return ask("publish", "What is published is out.")
    return None


SYSTEM_RULES: dict[str, Rule] = {
    **dict.fromkeys(
        ("mkfs", "fdisk", "sfdisk", "cfdisk", "parted", "gdisk", "sgdisk", "wipefs", "mkswap", "hdparm", "blkdiscard"),
        _never("changes disks", "disk"),
    ),
    **dict.fromkeys(
        ("cryptsetup", "lvremove", "vgremove", "pvremove", "zpool", "mdadm"), _never("changes disks", "disk")
    ),
    **dict.fromkeys(
        ("shutdown", "reboot", "halt", "poweroff", "init", "telinit"), _never("stops the machine", "power")
    ),
    **dict.fromkeys(
        ("useradd", "userdel", "usermod", "groupadd", "groupmod", "passwd", "chpasswd", "visudo", "vipw", "adduser"),
        _never("changes who may do what on this machine", "people"),
    ),
    **dict.fromkeys(
        ("insmod", "modprobe", "rmmod", "kexec", "setenforce", "sysctl", "swapoff", "setcap", "capsh"),
        _never("changes the kernel or its guards", "kernel"),
    ),
    **dict.fromkeys(("iptables", "ip6tables", "nft", "ufw", "firewall-cmd", "pfctl"), _asking("changes the firewall")),
    **dict.fromkeys(("mount", "umount", "losetup", "fusermount"), _asking("changes what is mounted")),
    **dict.fromkeys(("at", "batch", "systemd-run", "launchctl"), _asking("runs something later", "scheduled")),
    **dict.fromkeys(("killall", "pkill", "killall5"), _asking("ends processes by name", "kill")),
    **dict.fromkeys(("gdb", "lldb", "strace-attach", "ptrace"), _asking("looks into other processes")),
    **dict.fromkeys(("systemctl", "service", "rc-service"), services),
    **dict.fromkeys(("docker", "podman", "nerdctl"), containers),
    **dict.fromkeys(
        ("apt", "apt-get", "dnf", "yum", "pacman", "apk", "zypper", "brew", "snap", "dpkg", "rpm"), packages
    ),
    **dict.fromkeys(("kubectl", "helm", "terraform", "tofu", "aws", "gcloud", "az", "pulumi", "gsutil"), deployments),
    **dict.fromkeys(("npm", "yarn", "pnpm", "twine", "cargo", "gem", "poetry", "uv"), publish),
    "kill": kill,
    "crontab": crontab,
    "history": history,
    "unset": unset,
}
