"""Why there is no sandbox, and what a person can do about it."""

import platform
from pathlib import Path

_OS_RELEASE = Path("/etc/os-release")
_INSTALL = (
    ({"debian", "ubuntu"}, "sudo apt install bubblewrap"),
    ({"fedora", "rhel", "centos"}, "sudo dnf install bubblewrap"),
    ({"arch"}, "sudo pacman -S bubblewrap"),
    ({"suse", "opensuse"}, "sudo zypper install bubblewrap"),
    ({"alpine"}, "sudo apk add bubblewrap"),
    ({"gentoo"}, "sudo emerge sys-apps/bubblewrap"),
    ({"nixos"}, "nix-env -iA nixos.bubblewrap"),
)
_SWITCHES = (
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"),
    ("kernel/unprivileged_userns_clone", "0", "sudo sysctl kernel.unprivileged_userns_clone=1"),
    ("user/max_user_namespaces", "0", "sudo sysctl user.max_user_namespaces=15000"),
)


def install_command(os_release: Path = _OS_RELEASE) -> str:
    """The command that installs bubblewrap on this distribution."""
    try:
        lines = os_release.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    fields = dict(line.partition("=")[::2] for line in lines if "=" in line)
    words = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".replace('"', "").split()
    for distributions, command in _INSTALL:
        if distributions.intersection(words):
            return command
    return "Install the package bubblewrap"


def namespace_switch(settings: Path = Path("/proc/sys")) -> str:
    """What lets bubblewrap make its namespaces where the system refuses that."""
    for name, refusing, command in _SWITCHES:
        try:
            value = (settings / name).read_text().strip()
        except OSError:
            continue
        if value == refusing:
            return command
    return "Allow unprivileged user namespaces; in a container, start it with a seccomp profile that does"


def unsupported_platform() -> str:
    """Said where there is no sandbox at all."""
    return f"Running code needs a sandbox, which is available on Linux so far, not on {platform.system()}."
