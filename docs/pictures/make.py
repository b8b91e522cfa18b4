#!/usr/bin/env -S python3 -B
"""Makes the pictures of the README anew, from real runs of rrm in a real terminal.

    docs/pictures/make.py RRM

RRM is the program. Needs util-linux and tmux; as an ordinary user, user namespaces too.

Everything happens on a tmpfs over /home in a mount namespace of this script's own. So what it removes is nobody's, and
nothing is left of it. IDs and dates differ from run to run, the layout does not.
"""

import os
import subprocess
import sys
from pathlib import Path

import scene
from svg import picture
from terminal import Terminal

HERE = Path(__file__).resolve().parent
INSIDE = "RRM_PICTURES_NAMESPACE"


def enter_namespace():
    """Starts this script again where a mount is seen by nobody else."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    words = ["unshare", *user, "--mount", "--propagation", "private", sys.executable, "-B", *sys.argv]
    os.execvpe(words[0], words, os.environ | {INSIDE: "yes"})


def pictures(environment):
    """What is typed, and what the screen then shows, for each picture."""
    thesis = scene.HOME / "thesis"
    with Terminal(92, 24, thesis, environment) as terminal:
        for command in ["rrm rm notes.md plots", "rrm list", "rrm undo"]:
            terminal.enters(command)
        yield "list", terminal.at_rest().screen()
    with Terminal(92, 48, thesis, environment) as terminal:
        yield "stats", terminal.enters("rrm stats").at_rest().screen()
    with Terminal(100, 24, thesis, environment) as terminal:
        terminal.enters("rrm browse --group command").shows("q leave")
        terminal.presses("Space").shows("2 selected").shows(scene.LAST_LINE)
        yield "browse", terminal.screen()


def main():
    if INSIDE not in os.environ:
        enter_namespace()
    environment = scene.build(Path(sys.argv[1]).read_bytes())
    made = {name: picture(screen, f"rrm {name}") for name, screen in pictures(environment)}
    # This directory may itself be below /home.
    subprocess.run(["umount", "--lazy", scene.HOME.parent], cwd="/", check=True)
    for name, text in made.items():
        (HERE / f"{name}.svg").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
