"""Files under random names in a folder of the data directory, which no web server reads and only Kith's own account opens.

What lies in a drawer `is_sealed` under the data keys, each file bound to its name. Files from before they were are read as they lie, until
`kith keys rotate` seals them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.shared.keyring import Key
from app.shared.sealing import MARK, seal_bytes, seal_with, unseal_bytes

MAGIC = b"KithSealed1\n"
SEALED: list[Drawer] = []
"""Every drawer with sealed files."""


@dataclass(frozen=True)
class Drawer:
    """One such folder; `endings` are those its files have, without the dot."""

    folder: str
    endings: tuple[str, ...]
    is_sealed: bool = False

    def __post_init__(self) -> None:
        if self.is_sealed:
            SEALED.append(self)

    def path_of(self, data_dir: Path, name: str) -> Path:
        """Raises ValueError for a name that `kept` would not give."""
        if not re.fullmatch(rf"[a-z0-9]{{32}}\.({'|'.join(self.endings)})", name):
            raise ValueError(f"no name of a file in {self.folder}")
        return data_dir / self.folder / name[:2] / name

    @contextmanager
    def kept(self, data_dir: Path, content: bytes, ending: str) -> Iterator[str]:
        """The file under its new name while the block writes what belongs to it; dropped when that fails."""
        name = f"{secrets.token_hex(16)}.{ending}"
        path = self.path_of(data_dir, name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(MAGIC + seal_bytes(content, self._place(name)) if self.is_sealed else content)
        try:
            yield name
        except BaseException:
            self.drop(data_dir, name)
            raise

    def read(self, data_dir: Path, name: str) -> bytes:
        """Raises CannotOpen, FileNotFoundError."""
        return self._opened(self.path_of(data_dir, name))

    def _opened(self, path: Path) -> bytes:
        raw = path.read_bytes()
        return unseal_bytes(raw[len(MAGIC) :], self._place(path.name)) if raw.startswith(MAGIC) else raw

    def _place(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def mark_of(self, path: Path) -> bytes | None:
        """The mark of the key that seals the file; None for one that lies open."""
        with path.open("rb") as file:
            head = file.read(len(MAGIC) + MARK)
        return head[len(MAGIC) :] if head.startswith(MAGIC) else None

    def reseal(self, path: Path, key: Key) -> bool:
        """With that key, unless it is already. Whoever reads meanwhile gets the whole file, the old or the new."""
        if self.mark_of(path) == key.mark:
            return False
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        beside.touch(mode=0o600)
        beside.write_bytes(MAGIC + seal_with(key, self._opened(path), self._place(path.name)))
        beside.replace(path)
        return True

    def drop(self, data_dir: Path, name: str) -> None:
        """Gone for good; a file that is gone already is no fault."""
        self.path_of(data_dir, name).unlink(missing_ok=True)
