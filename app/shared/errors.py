"""Refusals in plain sentences. One handler (web.py) turns them into a form's error, a page or a fragment."""

from __future__ import annotations

import traceback

from flask_babel import lazy_gettext as _l


class DomainError(Exception):
    """A rule said no.

    `sentence` is shown to the person as it stands; `code` is stable for programs; `field` names the form field
    the sentence belongs to, if one does; `status` is the HTTP status when no form can show it.
    """

    code = "refused"
    status = 409

    def __init__(self, sentence: str, *, code: str | None = None, field: str | None = None) -> None:
        self.sentence = str(sentence)  # in the language of whoever is refused, now
        super().__init__(self.sentence)
        self.field = field
        if code is not None:
            self.code = code


class NotFound(DomainError):
    """Not there, or not within this person's reach: the two must look the same."""

    code = "not_found"
    status = 404

    def __init__(self, sentence: str = _l("We cannot find that, or it is not yours to see.")) -> None:
        super().__init__(sentence)


class Forbidden(DomainError):
    """Within sight, but this person's role may not do it."""

    code = "forbidden"
    status = 403

    def __init__(self, sentence: str = _l("Your role does not allow this.")) -> None:
        super().__init__(sentence)


class Invalid(DomainError):
    """What was typed cannot be used."""

    code = "invalid"
    status = 422


class TooMany(DomainError):
    """Asked for too often; `wait` seconds are told to programs as well."""

    code = "too_many"
    status = 429

    def __init__(self, sentence: str, wait: float) -> None:
        self.wait = max(1, int(wait) + 1)
        super().__init__(sentence)


class Stale(DomainError):
    """The record moved since the page was drawn; the sentence says what changed and who changed it."""

    code = "stale"


class IllegalMove(DomainError):
    """The state machine has no such move."""

    code = "illegal_move"


def permit(is_allowed: bool, who: str) -> None:
    """Raises Forbidden with the sentence that names who can."""
    if not is_allowed:
        raise Forbidden(who)


def where_it_broke(error: BaseException) -> str:
    """The error's kind and the lines it went through, without its text: that may quote a row, and a log is no place for it."""
    return type(error).__name__ + "\n" + "".join(traceback.format_tb(error.__traceback__))
