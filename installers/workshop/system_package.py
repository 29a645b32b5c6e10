"""The packages of Debian and Ubuntu that the application and its tests need. Elsewhere nothing is installed.

The names are those of Debian 12. Newer releases renamed some (libglib2.0-0 became libglib2.0-0t64) and let the new
package provide the old name, which apt resolves.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence

from workshop.terminal import SetupError, say

APPLICATION = (
    # the virtual environment
    "python3-venv",
    # drawing and text
    "libegl1",
    "libgl1",
    "libglib2.0-0",
    "libdbus-1-3",
    "libfontconfig1",
    "libfreetype6",
    "fonts-dejavu-core",
    # the display
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxcb-randr0",
    "libxcb-xfixes0",
    "libx11-xcb1",
    "libwayland-cursor0",
    # the sandbox of the assistant's code
    "bubblewrap",
)
TESTS = (
    # a display with a window manager, and hands to type with
    "xvfb",
    "openbox",
    "xdotool",
    # a message bus with a keyring
    "dbus",
    "gnome-keyring",
    "libsecret-tools",
    # certificates of an authority that only a test knows
    "openssl",
)


def install(needed: Sequence[str]) -> None:
    """Install those of the packages that are missing, as root or through sudo, after saying which.

    Raises:
        SetupError: they cannot be installed from here.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-query") is None:
        return
    missing = sorted(set(needed) - _installed())
    if not missing:
        return
    say(f"These system packages are missing: {' '.join(missing)}")
    privilege = _privilege()
    if privilege is None:
        raise SetupError(f"There is no sudo here. As root, run: apt-get install {' '.join(missing)}")
    update = [*privilege, "apt-get", "-qq", "update"]
    options = ["-qq", "--no-install-recommends"]
    command = [*privilege, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", *options, *missing]
    say(f"Installing them with: {shlex.join(command)}")
    if subprocess.call(update) or subprocess.call(command):
        raise SetupError("The system packages could not be installed; the reason is above.")


def _privilege() -> Sequence[str] | None:
    """Return what a command for root has to begin with, or nothing if there is no way."""
    if os.geteuid() == 0:
        return []
    return ["sudo"] if shutil.which("sudo") else None


def _installed() -> set[str]:
    """Return the names of all installed packages, and the names they provide."""
    query = ["dpkg-query", "--show", "--showformat", "${db:Status-Status}\t${Package}, ${Provides}\n"]
    listing = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    names: set[str] = set()
    for line in listing.splitlines():
        status, _, packages = line.partition("\t")
        if status == "installed":
            names.update(package.split()[0] for package in packages.split(",") if package.strip())
    return names
