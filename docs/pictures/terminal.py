"""A terminal of a given size, in which somebody types: a tmux server with one window."""

import itertools
import subprocess
import time

PROMPT = r"\[\e[32m\]\w\[\e[0m\] $ "
PROMPT_ENDS = " $"
MOMENT = 0.05
PATIENCE = 30
NUMBERS = itertools.count()


class Terminal:
    """A shell in `directory`, with nothing but `environment`."""

    def __init__(self, width, height, directory, environment):
        self.environment = environment | {"PS1": PROMPT, "HISTFILE": ""}
        self.size = ["-x", str(width), "-y", str(height)]
        self.directory = directory
        # One each: a server that is about to leave would still take the next one's calls.
        self.socket = f"{environment['HOME']}/.tmux-{next(NUMBERS)}"
        self.prompts = 1

    def __enter__(self):
        self.tmux("new-session", "-d", *self.size, "bash", "--norc", "--noprofile")
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")

    def tmux(self, *words):
        command = ["tmux", "-u", "-S", self.socket, "-f", "/dev/null", *words]
        done = subprocess.run(command, cwd=self.directory, env=self.environment, check=True, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def enters(self, command):
        """Types a command at the next prompt."""
        self.at_rest().tmux("send-keys", "-l", command)
        self.prompts += 1
        return self.presses("Enter")

    def presses(self, *keys):
        """Presses keys, as tmux names them."""
        self.tmux("send-keys", *keys)
        return self

    def at_rest(self):
        """Waits for the prompt after the last command."""
        self.until(lambda: self.text().count(PROMPT_ENDS) == self.prompts, f"prompt {self.prompts}")
        return self

    def shows(self, text):
        self.until(lambda: text in self.text(), text)
        return self

    def until(self, holds, what):
        end = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > end:
                raise SystemExit(f"waited in vain for {what}; the screen is\n{self.text()}")
            time.sleep(MOMENT)

    def text(self):
        return self.tmux("capture-pane", "-p")

    def screen(self):
        """The rows of the screen, with the sequences that colour them."""
        return self.tmux("capture-pane", "-e", "-p").rstrip("\n").split("\n")
