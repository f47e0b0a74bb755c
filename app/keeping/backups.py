"""A backup of one moment: the database, the files, and the end of the trail, in one sealed file; and the way back.

SQLite writes its copy by VACUUM INTO while Kith serves on; PostgreSQL by pg_dump. The data keys are not in it: a backup that is stolen
with its key shows no note without them, and they have to be kept elsewhere (docs/sealing.md).
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import sqlalchemy as sa
from alembic.migration import MigrationContext

from app.audit.seals import HEAD_FILES
from app.keeping.sealed_files import Sealer, opened
from app.shared import clock, keyring
from app.shared.db import db
from app.shared.errors import Invalid
from app.shared.paths import new_file
from config import Settings

DATABASE = "database"
MANIFEST = "manifest.json"
FOLDERS = ("papers", "photos")
MADE_AGAIN = ("search", "matching")
"""Folders of what is made from the database, and must not be taken for what is made from another day of it."""
ASIDE = "before-restore"


@dataclass(frozen=True)
class Written:
    path: Path
    size: int
    files: int


@dataclass(frozen=True)
class Restored:
    """`keys` are those in use when the backup was made; `missing` of them are not here."""

    made_at: str
    revision: str
    files: int
    missing: Sequence[str]


def write(path: Path, settings: Settings) -> Written:
    """Make the backup beside its name and give it the name when it is whole. Raises Invalid."""
    if path.exists():
        raise Invalid(f"{path.name} is there already; backups are not written over.")
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="backup-") as folder, new_file(beside) as target:
            copy = Path(folder) / DATABASE
            _copy_database(copy, settings)
            sealer = Sealer(target, settings.backup_key)
            with tarfile.open(fileobj=cast(IO[bytes], sealer), mode="w|gz") as packed:
                files = _pack(packed, copy, Path(folder), settings)
            sealer.finish()
            target.flush()
            os.fsync(target.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return Written(path, path.stat().st_size, files)


def read(path: Path, settings: Settings, *, replace: bool) -> Restored:
    """Put everything back. The whole file is opened and proved before anything here is touched. Raises NotWhole, Invalid."""
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="restore-") as name:
        folder = Path(name)
        _unpack(path, folder, settings)
        manifest = json.loads((folder / MANIFEST).read_text())
        _fits(manifest, settings, replace=replace)
        _put_database(folder / DATABASE, settings)
        files = _put_files(folder, settings)
        for made in MADE_AGAIN:
            shutil.rmtree(settings.data_dir / made, ignore_errors=True)
    here = {key.name for key in keyring.ring(settings)}
    return Restored(manifest["made_at"], manifest["revision"], files, [key for key in manifest["keys"] if key not in here])


def _is_sqlite(settings: Settings) -> bool:
    return sa.make_url(settings.database_url).get_backend_name() == "sqlite"


def _driver() -> Any:
    """The SQLite that Kith itself uses."""
    return db.engine.dialect.loaded_dbapi


def _copy_database(to: Path, settings: Settings) -> None:
    if _is_sqlite(settings):
        connection = _driver().connect(sa.make_url(settings.database_url).database)
        try:
            connection.execute("VACUUM INTO ?", (str(to),))
        finally:
            connection.close()
        return
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={to}"], settings)


def _pack(packed: tarfile.TarFile, copy: Path, folder: Path, settings: Settings) -> int:
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    manifest = folder / MANIFEST
    manifest.write_text(json.dumps({
        "made_at": clock.now().isoformat(), "revision": revision, "database": "sqlite" if _is_sqlite(settings) else "postgresql",
        "keys": [key.name for key in keyring.ring(settings)],
    }))
    packed.add(manifest, MANIFEST)
    packed.add(copy, DATABASE)
    files = [path for name in FOLDERS for path in sorted((settings.data_dir / name).glob("??/*")) if not path.name.startswith(".")]
    for path in (*files, *settings.data_dir.glob(HEAD_FILES)):
        packed.add(path, str(path.relative_to(settings.data_dir)))
    return len(files)


def _unpack(path: Path, folder: Path, settings: Settings) -> None:
    tar = folder / "all.tar.gz"
    with path.open("rb") as source, new_file(tar) as target:
        for part in opened(source, settings.backup_key):
            target.write(part)
    with tarfile.open(tar, "r:gz") as packed:
        for member in packed.getmembers():  # plain files, and only inside the folder: not every Python 3.11 has extractall's own filter
            content, place = packed.extractfile(member) if member.isfile() else None, (folder / member.name).resolve()
            if content is None or not place.is_relative_to(folder.resolve()):
                raise Invalid("This is no backup of Kith: it holds something that is no plain file.")
            place.parent.mkdir(parents=True, exist_ok=True)
            with content, new_file(place) as kept:
                shutil.copyfileobj(content, kept)
    tar.unlink()


def _fits(manifest: dict[str, object], settings: Settings, *, replace: bool) -> None:
    kind = "sqlite" if _is_sqlite(settings) else "postgresql"
    if manifest["database"] != kind:
        raise Invalid(f"This backup is of a {manifest['database']} database, and KITH_DATABASE_URL names a {kind} one.")
    if not replace and sa.inspect(db.engine).get_table_names():
        raise Invalid("The database here is not empty. Stop Kith, and say --replace to put the backup in its place.")


def _put_database(copy: Path, settings: Settings) -> None:
    db.session.remove()
    db.engine.dispose()
    if not _is_sqlite(settings):
        _run("pg_restore", ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(copy)], settings)
        return
    connection = _driver().connect(str(copy))
    try:
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()
    if sound != "ok":
        raise Invalid("The database in this backup is damaged. Nothing was restored.")
    path = Path(str(sa.make_url(settings.database_url).database))
    for ending in ("-wal", "-shm", ""):
        there = path.with_name(path.name + ending)
        if there.exists():
            there.replace(path.with_name(f"{path.name}.{ASIDE}{ending}"))
    shutil.move(copy, path)
    path.chmod(0o600)


def _put_files(folder: Path, settings: Settings) -> int:
    """Names are random: what is here and not in the backup stays, and is nobody's."""
    number = 0
    for name in FOLDERS:
        for path in sorted((folder / name).glob("??/*")):
            to = settings.data_dir / name / path.parent.name / path.name
            to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(path, to)
            to.chmod(0o600)
            number += 1
    for head in folder.glob(HEAD_FILES):
        shutil.move(head, settings.data_dir / head.name)
    return number


def _run(program: str, arguments: Sequence[str], settings: Settings) -> None:
    """One of PostgreSQL's own programs; the password goes by the environment, where no list of processes shows it."""
    found = shutil.which(program)
    if found is None:
        raise Invalid(f"{program} is not on this machine; it comes with PostgreSQL’s client programs.")
    url = sa.make_url(settings.database_url)
    given = {"PGPASSWORD": url.password} if url.password else {}
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run([found, f"--dbname={address}", *arguments], env={**os.environ, **given}, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Invalid(f"{program} could not do it: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'it said nothing'}")
