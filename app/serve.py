"""`kith serve`: the web server and the outbox worker under one supervisor.

The supervisor starts granian (a process per core, two threads each: docs/running.md says why) and `kith worker`, starts
again whichever dies, and ends both when it is told to stop. If it is killed outright, the kernel tells its children to stop.
"""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from config import Settings, SettingsRefused

QUICK = 10.0  # seconds: a child that lived for less has failed to start
LONGEST_PAUSE = 30.0  # seconds between two tries
TRIES = 4  # quick deaths of the web server in a row before the supervisor gives up and says so
ASK_AGAIN = 0.5  # seconds between two requests to stop
PATIENCE = 20.0  # seconds a child gets to finish what it is doing
START_LIMIT = 180.0  # seconds until the web server must answer: a crowded machine has needed more than sixty
STOPPING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
PR_SET_PDEATHSIG = 1


def serve(port: int, host: str) -> int:
    """Serve until told to stop. Returns the exit code: 0 after SIGTERM, SIGINT or SIGHUP, 1 when it could not go on."""
    try:
        settings = Settings.from_environment()
    except SettingsRefused as refused:
        return _refuse(str(refused))
    taken = why_not(host, port)
    if taken:
        return _refuse(taken)
    return _Supervisor(host, port, _web(host, port, settings), _worker()).run()


def why_not(host: str, port: int) -> str | None:
    """Why nothing can be served there, in a sentence; None when it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        return f"Port {port} needs an administrator's rights. Choose one above 1023: PORT=8000 make run"
    except (OSError, OverflowError) as error:
        if isinstance(error, OverflowError):
            return f"{port} is not a port number. Choose one from 1 to 65535."
        if error.errno in {98, 48}:
            return f"Port {port} on {host} is already in use. Stop what uses it, or choose another: PORT={port + 1} make run"
        return f"Kith cannot listen on {host}:{port}: {error.strerror or error}."
    return None


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1


@dataclass
class _Child:
    """A process that is to be running, and what became of its last tries."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_after: float = 0.0
    quick_deaths: int = field(default=0)

    def start(self) -> None:
        self.started = time.monotonic()
        # Its own session: Ctrl-C reaches the supervisor alone, and the whole family can be ended at once.
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_end_with(os.getpid())
        )

    def died(self) -> int | None:
        """The exit code if it has died since the last look. Whatever it left behind is ended too."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        _signal_family(self.process.pid, signal.SIGKILL)
        self.process = None
        now = time.monotonic()
        self.quick_deaths = self.quick_deaths + 1 if now - self.started < QUICK else 0
        self.start_after = now + min(LONGEST_PAUSE, 0.5 * 2 ** max(self.quick_deaths - 1, 0))
        return code

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def wait(self, give_up: float) -> None:
        """Wait for it until the instant `give_up`, then end it.

        Granian's workers do not hear a signal while they load the app, so the family is asked again now and then.
        """
        if self.process is None:
            return
        while self.process.poll() is None and time.monotonic() < give_up:
            try:
                self.process.wait(ASK_AGAIN)
            except subprocess.TimeoutExpired:
                _signal_family(self.process.pid, signal.SIGTERM)
        if self.process.poll() is None:
            print(f"{self.name} did not stop in time and was ended.", file=sys.stderr, flush=True)
        _signal_family(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


class _Supervisor:
    def __init__(self, host: str, port: int, web: _Child, worker: _Child) -> None:
        self.host = host
        self.port = port
        self.web = web
        self.children = [web, worker]
        self.announced = False

    def run(self) -> int:
        # Signals are fetched, not handled: nothing interrupts the supervisor half-way through a step.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING | {signal.SIGCHLD})
        try:
            while True:
                self._start_what_is_due()
                told = signal.sigtimedwait(STOPPING | {signal.SIGCHLD}, self._pause())
                if told is not None and told.si_signo in STOPPING:
                    return 0
                for child in self.children:
                    code = child.died()
                    if code is not None:
                        _note_death(child, code)
                if self.web.quick_deaths >= TRIES:
                    return _refuse("The web server stops as soon as it starts; what it said is above.")
                self._announce()
        finally:
            self._stop_all()

    def _start_what_is_due(self) -> None:
        for child in self.children:
            if child.process is None and time.monotonic() >= child.start_after:
                child.start()

    def _pause(self) -> float:
        if not self.announced:
            return 0.1
        waiting = [child.start_after - time.monotonic() for child in self.children if child.process is None]
        return max(0.05, min([*waiting, 60.0]))

    def _announce(self) -> None:
        """Say where Kith is, once it answers."""
        if self.announced or self.web.process is None:
            return
        place = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  only compared with
        probe = http.client.HTTPConnection(place, self.port, timeout=2)
        try:
            probe.request("HEAD", "/static/manifest.json")
            probe.getresponse()
        except (OSError, http.client.HTTPException):
            if time.monotonic() - self.web.started > START_LIMIT:
                self.web.process.terminate()
            return
        finally:
            probe.close()
        self.announced = True
        shown = f"[{place}]" if ":" in place else place
        print(f"\nKith is ready at http://{shown}:{self.port}   (Ctrl-C stops it)\n", flush=True)

    def _stop_all(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        give_up = time.monotonic() + PATIENCE
        for child in self.children:
            child.wait(give_up)


def _note_death(child: _Child, code: int) -> None:
    how = f"signal {-code}" if code < 0 else f"code {code}"
    print(f"{child.name} ended ({how}); it is being started again.", file=sys.stderr, flush=True)


def _web(host: str, port: int, settings: Settings) -> _Child:
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(settings.workers or len(os.sched_getaffinity(0))), "--blocking-threads", str(settings.threads),
        "--backlog", "1024", "--backpressure", "1024", "--http", "1", "--no-ws",
        "--respawn-failed-workers", "--respawn-interval", "3.5", "--workers-kill-timeout", "15s",
        "--log-level", "warning", "app.wsgi:app",
    ]  # fmt: skip
    return _Child("The web server", command)


def _worker() -> _Child:
    return _Child("The outbox worker", [sys.executable, "-c", "from app.cli import main; main()", "worker"])


def _end_with(parent: int) -> Callable[[], None]:
    """For the new child: be told to stop if the supervisor is killed, and hear signals as usual."""
    prctl = ctypes.CDLL(None).prctl

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _signal_family(leader: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, what)
