"""A home directory of somebody's, on a file system of its own, and what they have removed."""

import json
import os
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

HOME = Path("/home/ada")
TRASH = HOME / ".local/share/rrm/trash"
MIB = 1024 * 1024

CHAPTER = """\
# 3  What a tide gauge tells

Each gauge was read every six minutes
for nineteen years. Gaps of less than
an hour were filled from the gauge
next to it; longer ones were left.

## 3.1  Two harbours

The mean rose by 3.4 mm a year in the
one, and in the other by 3.1 mm.
"""
LAST_LINE = CHAPTER.splitlines()[-1]

# Sizes in bytes, or what is in the file.
FILES = {
    "thesis/notes.md": "ask Grace about the second gauge\n",
    "thesis/plots/harbour.svg": 181_300,
    "thesis/plots/residuals.svg": 96_411,
    "thesis/chapter-3.md": CHAPTER,
    "thesis/chapter-3-figures.zip": 14 * MIB,
    "thesis/gauges-raw.csv": 41 * MIB + 70_000,
    "thesis/draft-2.pdf": 2_214_912,
    "Music/夜想曲.flac": 31 * MIB,
    "Pictures/lighthouse.jpg": 5_810_442,
    "letters/1998/march.txt": 4_113,
    "letters/1998/july.txt": 3_790,
    "Videos/defence-rehearsal.mp4": 88 * MIB,
    "Downloads/installer.iso": 120 * MIB,
    "Videos/holiday.mp4": 260 * MIB,
}
LINKS = {"thesis/latest": "draft-2.pdf"}

# What each command removed, and how long ago.
REMOVALS = [
    (timedelta(days=31), ["Downloads/installer.iso"]),
    (timedelta(days=19), ["Videos/defence-rehearsal.mp4"]),
    (timedelta(days=12), ["letters/1998"]),
    (timedelta(days=6), ["Pictures/lighthouse.jpg", "Music/夜想曲.flac"]),
    (timedelta(hours=27), ["thesis/draft-2.pdf", "thesis/latest"]),
    (timedelta(hours=2), ["thesis/gauges-raw.csv"]),
    (timedelta(minutes=5), ["thesis/chapter-3.md", "thesis/chapter-3-figures.zip"]),
]
KEPT = "letters/1998"

# Some of what `dircolors` prints on Debian.
COLOURS = "di=01;34:ln=01;36:*.zip=01;31:*.jpg=01;35:*.svg=01;35:*.mp4=01;35:*.flac=00;36"


def build(program):
    """Makes it all, with `program`, the bytes of an executable file; returns the environment to run commands in."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1536m", "tmpfs", HOME.parent], check=True)
    programs = HOME / ".local/bin"
    programs.mkdir(parents=True)
    (programs / "rrm").write_bytes(program)
    (programs / "rrm").chmod(0o755)
    for name, content in FILES.items():
        write(HOME / name, content)
    for name, target in LINKS.items():
        (HOME / name).symlink_to(target)
    environment = {
        "HOME": str(HOME),
        "PATH": f"{programs}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LS_COLORS": COLOURS,
        "TZ": "UTC",
    }
    remove(environment)
    return environment


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        if isinstance(content, str):
            file.write(content.encode())
        else:
            os.posix_fallocate(file.fileno(), 0, content)


def remove(environment):
    """Removes what is to be in the pictures, and sees to it that nothing else is."""
    for age, names in REMOVALS:
        before = set(TRASH.glob("*-*"))
        rrm(environment, "rm", *names)
        let_time_pass(set(TRASH.glob("*-*")) - before, age)
    rrm(environment, "keep", HOME / KEPT)
    listed = [json.loads(line)["original_path"] for line in rrm(environment, "list", "--format", "json").splitlines()]
    others = [path for path in listed if not str(path).startswith(f"{HOME}/")]
    if others:
        raise SystemExit(f"'{others[0]}', in a trash of yours on another mount, would be seen; run this as another user")


def rrm(environment, *words):
    command = ["rrm", *words]
    return subprocess.run(command, cwd=HOME, env=environment, check=True, stdout=subprocess.PIPE).stdout


def let_time_pass(items, age):
    """Moves what was just removed back in time: its dates are attributes on it."""
    removed = datetime.now(timezone.utc) - age
    for item in items:
        for name, date in [("trashed", removed), ("deletion", removed + timedelta(days=30))]:
            os.setxattr(item, f"user.{name}_date", date.strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode())
