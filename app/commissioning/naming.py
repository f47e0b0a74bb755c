"""Keeping a child's name out of what a budget holder or funder reads. Pure."""

from __future__ import annotations

import re

from app.children.models import Child

_WORD = r"(?<!\w){}(?!\w)"


def without_name(text: str, child: Child) -> str:
    """The text with the child's names (also with a 's) replaced by the reference: people write them without thinking."""
    names = {child.first_name, child.known_as, child.last_name, f"{child.first_name} {child.last_name}"}
    for name in sorted((n.strip() for n in names if n.strip()), key=len, reverse=True):
        text = re.sub(_WORD.format(re.escape(name)), child.reference, text, flags=re.IGNORECASE)
    return text
