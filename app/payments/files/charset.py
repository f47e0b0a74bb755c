"""What banks accept: capitals, digits, and . & / - and blanks (Bacs Standard 18); some not even those."""

from __future__ import annotations

import re
import unicodedata

WIDTH = 18
_NOT_BACS = re.compile(r"[^A-Z0-9.&/\- ]")
_NOT_PLAIN = re.compile(r"[^A-Z0-9 ]")


def bank_text(text: str, *, is_plain: bool = False) -> str:
    """In the bank's letters: "Café Élan’s +1" becomes "CAFE ELANS 1". `is_plain`: letters, digits and blanks alone."""
    flat = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    kept = (_NOT_PLAIN if is_plain else _NOT_BACS).sub("", flat)
    return " ".join(kept.split()).lstrip("-. /&")


def bank_name(text: str, *, is_plain: bool = False) -> str:
    """The same, in the 18 letters a bank shows."""
    return bank_text(text, is_plain=is_plain)[:WIDTH].rstrip()
