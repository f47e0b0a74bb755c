"""What the parts of the fake share: Stripe's example objects, and an error answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

OBJECTS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("stripe_objects.json").read_text())["resources"]


class Refusal(Exception):
    """An error answer; `is_saved`: API v1 replays it under the same key."""

    def __init__(self, status: int, message: str, *, kind: str = "invalid_request_error", code: str = "", is_saved: bool = True) -> None:
        super().__init__(message)
        self.status, self.is_saved = status, is_saved
        self.body = {"error": {"type": kind, "message": message, **({"code": code} if code else {})}}
