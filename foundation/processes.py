"""Programs that live and die together: output under one roof, one signal for each, nobody left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    """Asks the kernel for a SIGTERM when the parent is gone, even by `kill -9`: no orphan keeps port and data."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Programs:
    """Child programs of one foreground command; `say` receives their lines, each with the name of its program.

    Each one leads a process group of its own, so that Ctrl-C in a terminal reaches only the command itself: a pool
    child that gets the signal beside its main process would drop the task it holds.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.say = say
        self.running: dict[str, subprocess.Popen[str]] = {}

    def start(self, commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], keep_open: int) -> None:
        """Starts every command (name → arguments); `keep_open` is a descriptor each of them holds while it lives."""
        for name, command in commands.items():
            self.running[name] = subprocess.Popen(  # noqa: S603
                command,
                cwd=self.folder,
                env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                pass_fds=[keep_open],
                process_group=0,
                preexec_fn=_die_with_parent,
            )
        # Only now: a thread that lives while another program is forked could hold a lock for ever.
        for name in self.running:
            threading.Thread(target=self._forward, args=[name], daemon=True).start()

    def ended(self) -> tuple[str, int] | None:
        """The first program that ended by itself and its exit code (negative: the signal that killed it)."""
        for name, process in self.running.items():
            code = process.poll()
            if code is not None:
                return name, code
        return None

    def stop(self, grace: float) -> list[str]:
        """SIGTERM to each main process, SIGKILL after `grace` seconds; returns who had to be killed."""
        for process in self.running.values():
            process.terminate()
        deadline = time.monotonic() + grace
        killed = []
        for name, process in self.running.items():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                killed.append(name)
            # Whoever is left in the group has lost its main process or outlived the grace.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return killed

    def _forward(self, name: str) -> None:
        stream = self.running[name].stdout
        if stream is None:
            return
        for line in stream:
            # A reader of ours that went away must not block the program on a full pipe.
            with suppress(OSError, ValueError):
                self.say(f"{name:<6} | {line.rstrip()}")
