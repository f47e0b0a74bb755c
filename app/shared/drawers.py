"""Files under random names in a folder of the data directory, which no web server reads and only Kith's own account opens."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Drawer:
    """One such folder; `endings` are those its files have, without the dot."""

    folder: str
    endings: tuple[str, ...]

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
        path.write_bytes(content)
        path.chmod(0o600)
        try:
            yield name
        except BaseException:
            self.drop(data_dir, name)
            raise

    def drop(self, data_dir: Path, name: str) -> None:
        """Gone for good; a file that is gone already is no fault."""
        self.path_of(data_dir, name).unlink(missing_ok=True)
