"""How things are said and drawn on a page: Jinja filters and globals, pure and without a database.

`register(app)` is called once by create_app. docs/components.md lists what pages may use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from babel.lists import format_list
from babel.numbers import format_percent
from flask import Flask, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from wtforms import IntegerField

from app.shared import circle, clock, geo, money, tongue, track
from app.shared.assets import Assets
from app.shared.dates import DAYS, MONTHS, ago, clock_time, day, full_date, long_day, month, when

__all__ = ["DAYS", "MONTHS", "ago", "clock_time", "day", "full_date", "long_day", "month", "when"]  # days are said in dates.py, and asked for here

# --- words ---------------------------------------------------------------------------------------


def plural(count: int, one: str, many: str | None = None) -> str:
    """"1 place", "4 places"; `many` where an s is not enough."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def sentence_list(parts: Sequence[object], joiner: str = "and") -> str:
    """["a", "b", "c"] -> "a, b and c"; markup where one of them is markup, as a sentence of a template is."""
    if any(isinstance(part, Markup) for part in parts):
        return Markup(_listed([str(escape(part)) for part in parts], joiner))  # noqa: S704  each part is escaped
    return _listed([str(part) for part in parts], joiner)


def _listed(words: list[str], joiner: str) -> str:
    if len(words) < 2:
        return "".join(words)
    if locale := tongue.other_language():
        return format_list(words, style="or" if joiner == "or" else "standard", locale=locale)
    return f"{', '.join(words[:-1])} {joiner} {words[-1]}"


def initials(name: str) -> str:
    """"Joanne Price" -> "JP"; at most two letters."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    ends = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()


TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "rev", "revd"})


def given_name(name: str) -> str:
    """"Dr Hana Weiss" -> "Hana": what somebody is greeted by."""
    words = name.split()
    return next((word for word in words if word.rstrip(".").lower() not in TITLES), name)


def percent(part: float, whole: float | None = None) -> str:
    """percent(0.42) or percent(42, 100) -> "42%"; a little is "under 1%", never "0%"."""
    share = part if whole is None else (part / whole if whole else 0.0)
    if 0 < share < 0.01:
        return _("under 1%")
    if 0.99 < share < 1:
        share = 0.99
    if locale := tongue.other_language():
        return format_percent(share, locale=locale)
    return f"{round(share * 100)}%"


def sentence(text: str) -> str:
    """A first capital and a full stop, for texts from several places that stand in one list."""
    text = text.strip()
    if not text:
        return ""
    closed = text if text[-1] in ".!?…”\"'" else text + "."  # markup stays markup
    return closed[0].upper() + closed[1:]


def said_columns(rows: Sequence[Sequence[Any]], columns: int) -> list[int]:
    """The columns of a table in which anything is said; the first always, and all where there is no row."""
    return [at for at in range(columns) if not at or not rows or any(_says(row[at]) for row in rows if at < len(row))]


def _says(cell: Any) -> bool:
    if isinstance(cell, (list, tuple)):
        return any(_says(part) for part in cell)
    return bool(str(cell).strip()) if tongue.is_text(cell) else cell is not None


# --- forms ---------------------------------------------------------------------------------------


def field_kind(field: Any) -> str:
    """How a WTForms field is drawn: textarea, select, radios, checkboxes, checkbox, file, hidden, or an input's type."""
    widget = field.widget
    if type(widget).__name__ == "TextArea":
        return "textarea"
    option = getattr(field, "option_widget", None)
    if option is not None:  # a choice: one or several, listed or folded
        kind = getattr(option, "input_type", "")
        if kind == "radio":
            return "radios"
        return "checkboxes" if kind == "checkbox" or getattr(widget, "multiple", False) else "select"
    return str(getattr(widget, "input_type", "text"))


def field_anchor(field: Any) -> str:
    """The id an error link jumps to: the first box of a group, else the field."""
    return f"{field.id}-0" if field_kind(field) in {"radios", "checkboxes"} else str(field.id)


@dataclass(frozen=True)
class FormError:
    href: str | None
    text: str


def form_errors(form: Any) -> list[FormError]:
    """Every error of a form in the order of its fields, each with the place to jump to; form-wide ones first."""
    whole = [FormError(None, str(text)) for text in getattr(form, "form_errors", [])]
    return whole + list(_field_errors(form))


def _field_errors(form: Any) -> Iterator[FormError]:
    for field in form:
        if not field.errors:
            continue
        if hasattr(field, "entries"):  # a list of fields: its own errors, then each entry's
            yield from (FormError(f"#{field.id}", str(text)) for text in field.errors if tongue.is_text(text))
            for entry in field.entries:
                inner = getattr(entry, "form", None)
                yield from _field_errors(inner) if inner is not None else _own_errors(entry)
        elif getattr(field, "form", None) is not None and hasattr(field, "form_class"):
            yield from _field_errors(field.form)
        else:
            yield from _own_errors(field)


def _own_errors(field: Any) -> Iterator[FormError]:
    href = None if field_kind(field) == "hidden" else f"#{field_anchor(field)}"
    for text in field.errors:
        # “Type a whole number” may be said of any of ten boxes: at the top of the page it needs to say of which.
        said = _("%(field)s: %(wrong)s", field=field.label.text, wrong=text) if isinstance(field, IntegerField) else str(text)
        yield FormError(href, said)


# --- addresses -----------------------------------------------------------------------------------


def with_args(**changes: Any) -> str:
    """This page's address with some of its query changed: None takes one away, a list sets several."""
    args: dict[str, Any] = {**request.args.to_dict(flat=False), **changes}
    kept = {key: value for key, value in args.items() if value is not None and value != []}
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **kept})


def without_arg(name: str, value: str) -> str:
    """This page's address with one chosen value of a filter taken away, back at the first page."""
    left = [chosen for chosen in request.args.getlist(name) if chosen != value]
    return with_args(**{name: left or None, "page": None})


def page_numbers(page: int, pages: int) -> list[int | None]:
    """First, last, and those around `page`; None stands for a gap."""
    shown = sorted({n for n in (1, page - 1, page, page + 1, pages) if 1 <= n <= pages})
    out: list[int | None] = []
    for number in shown:
        if out and number - (out[-1] or 0) == 2:
            out.append(number - 1)
        elif out and number - (out[-1] or 0) > 2:
            out.append(None)
        out.append(number)
    return out


def register(app: Flask) -> None:
    """Give every template the filters and globals of docs/components.md."""
    folder = Path(app.root_path).parent / "static" / "dist"
    assets = Assets(folder)
    outlines = geo.Outlines(folder / "map.json")
    filters: dict[str, Callable[..., Any]] = {
        "pounds": money.pounds,
        "day": day,
        "long_day": long_day,
        "full_date": full_date,
        "month": month,
        "clock_time": clock_time,
        "when": when,
        "ago": ago,
        "plural": plural,
        "sentence_list": sentence_list,
        "sentence": sentence,
        "initials": initials,
        "given_name": given_name,
        "percent": percent,
        "said_columns": said_columns,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(
        asset=assets.asset,
        icon=assets.icon,
        svg_icon=assets.icon,  # the same, for macros that have an argument called icon
        glyph=assets.glyph,
        plural=plural,
        field_kind=field_kind,
        field_anchor=field_anchor,
        form_errors=form_errors,
        with_args=with_args,
        without_arg=without_arg,
        page_numbers=page_numbers,
        today=clock.today,
        circle_pictures=circle.pictures, circle_standing=circle.standing,
        track_path=track.path,
        warmth_ground=track.stand,
        map_view=outlines.view,
        days_from_today=lambda days: clock.today() + timedelta(days=days),
    )
    app.jinja_env.tests["string"] = tongue.is_text
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["kith_assets"] = assets
