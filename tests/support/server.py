"""The real server (what `kith serve` runs: supervisor, granian, outbox worker) on a free port, for tests that need HTTP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import ROOT, Settings

START_LIMIT = 120.0  # seconds; a quiet machine takes three, one with much to do has taken more than forty


@dataclass(frozen=True)
class Server:
    """A server that is up. `log` is everything it and its children have written."""

    url: str
    process: subprocess.Popen[bytes]
    log_path: Path

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def check_log(self) -> None:
        """Raises AssertionError when anything in it failed."""
        assert "Traceback (most recent call last)" not in self.log, f"the server failed:\n{self.log[-6000:]}"


@contextmanager
def running_server(
    settings: Settings, log_path: Path, *, workers: int = 1, env: dict[str, str] | None = None
) -> Iterator[Server]:
    """Serve on the settings' database until the block ends. A traceback in its log then fails the test."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", f"import sys; from app.serve import serve; sys.exit(serve({port}, '127.0.0.1'))"],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env={**_environment(settings, port, workers), **(env or {})},
        )
    server = Server(url, process, log_path)
    try:
        _wait_until_up(server)
        yield server
    finally:
        stop(process)
    server.check_log()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to stop as an administrator would; what has not stopped in 20 s is ended."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)
        raise AssertionError("the server did not stop when asked") from None


def _environment(settings: Settings, port: int, workers: int) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KITH_", "FLASK_", "GRANIAN_"))}
    return {
        **inherited,
        "PORT": str(port),
        "KITH_ENV": settings.environment,
        "KITH_SECRET_KEY": settings.secret_key,
        "KITH_DATABASE_URL": settings.database_url,
        "KITH_DATA_DIR": str(settings.data_dir),
        "KITH_SQLITE_SYNCHRONOUS": settings.sqlite_synchronous,
        "KITH_WORKERS": str(workers),
    }


def _wait_until_up(server: Server) -> None:
    give_up = time.monotonic() + START_LIMIT
    while True:
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({}), _KeepStatus).open(server.url, timeout=10).close()
            return
        except OSError as error:
            if server.process.poll() is not None or time.monotonic() > give_up:
                raise AssertionError(f"the server did not start ({error}):\n{server.log[-4000:]}") from error
            time.sleep(0.05)


class _KeepStatus(urllib.request.HTTPErrorProcessor):
    """Any answer at all means that the server is up; redirects are not followed."""

    def http_response(self, request: urllib.request.Request, response: object) -> object:  # type: ignore[override]
        return response

    https_response = http_response
