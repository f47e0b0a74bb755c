"""The words that search knows: looking, changing with the effect shown before, undoing, and taking them from a file."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts import queries as accounts
from app.accounts import sessions
from app.accounts.models import Person, Role, Zone
from app.accounts.policies import is_administrator
from app.catalogue import policies
from app.catalogue.finding_forms import ConceptForm, WordsFileForm, WordsTakeForm
from app.catalogue.lexicon_files import Format, WordsFile, read
from app.catalogue.models.words import LexiconChange
from app.catalogue.queries import words as queries
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.services import lexicon as verbs
from app.shared.errors import DomainError, Invalid, NotFound
from app.shared.web import act, allow, submit

PAGE_SIZE = 50
BIGGEST_PACKED = 2_000_000


@blueprint.get("/search-words", endpoint="words")
@allow(policies.can_see_words)
def words_list() -> ResponseReturnValue:
    q, only_own = request.args.get("q", "").strip()[:100], request.args.get("only") == "own"
    found = queries.list_concepts(q, only_own=only_own)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "catalogue/words_list.html", shown=found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], total=len(found), q=q, only_own=only_own,
        page=page, pages=pages, source_word=queries.source_word, can_edit=policies.can_edit_words(sessions.current_person()),
    )


@blueprint.route("/search-words/edit", methods=["GET", "POST"], endpoint="words_edit")
@allow(policies.can_edit_words)
def words_edit() -> ResponseReturnValue:
    """With ?concept= that one, else a new one. The button "See the effect" saves nothing."""
    me = sessions.current_person()
    known = queries.get_concept(request.args["concept"]) if request.args.get("concept") else None
    form = ConceptForm() if request.method == "POST" or known is None else ConceptForm(
        name=known.name, same="\n".join(known.same), near="\n".join(known.near), needs=list(known.needs), query=known.name,
        seen=verbs.print_of(known.own),
    )
    form.narrow(_zones(me))
    if known is not None:
        form.name.data = known.name
    typed: dict[str, Any] = {
        "name": form.name.data or "", "same": form.lines(form.same.data), "near": form.lines(form.near.data), "needs": form.needs.data or [],
    }
    if "look" in request.form:
        return _look(form, known, typed)
    seen = form.seen.data or "" if known is not None else None
    change = submit(form, lambda: verbs.save_concept(**typed, actor=me, seen=seen))
    if change is None:
        return _edit_page(form, known, None), 422 if request.method == "POST" else 200
    flash(_("“%(what)s” is saved. Every search knows it from now on.", what=change.what), "success")
    return redirect(url_for("catalogue.words", q=change.what), 303)


def _look(form: ConceptForm, known: queries.Shown | None, typed: dict[str, Any]) -> ResponseReturnValue:
    try:
        if not form.query.data:
            raise Invalid(_("Type a search to try."), field="query")
        if form.zone.data not in form.zones:
            raise Invalid(_("Choose a Zone."), field="zone")
        laid = verbs.planned(**typed)
        effect = queries.effect_of(laid, form.query.data, form.zones[form.zone.data].id)
    except DomainError as refusal:
        form.validate()
        form.refuse(refusal)
        return _edit_page(form, known, None), 422
    return _edit_page(form, known, effect)


def _edit_page(form: ConceptForm, known: queries.Shown | None, effect: queries.Effect | None) -> str:
    return render_template("catalogue/words_edit.html", form=form, known=known, effect=effect)


def _zones(me: Person) -> Sequence[Zone]:
    return accounts.list_zones() if is_administrator(me) else accounts.list_own_zones(me, Role.ZONE_MANAGER)


@blueprint.post("/search-words/switch", endpoint="words_switch")
@allow(policies.can_edit_words)
def words_switch() -> ResponseReturnValue:
    me, name, is_on = sessions.current_person(), request.form.get("concept", ""), request.form.get("to") == "on"
    done = _("“%(name)s” is back in every search.", name=name) if is_on else _("“%(name)s” is out of every search. Its words are kept.", name=name)
    return act(lambda: verbs.switch_concept(name=name, is_on=is_on, actor=me), url_for("catalogue.words", q=name), done=done)


@blueprint.post("/search-words/forget", endpoint="words_forget")
@allow(policies.can_edit_words)
def words_forget() -> ResponseReturnValue:
    me, name = sessions.current_person(), request.form.get("concept", "")
    return act(
        lambda: verbs.forget_concept(name=name, actor=me), url_for("catalogue.words_changes"),
        done=_("What was changed here is gone; what Kith came with stands again."),
    )


@blueprint.get("/search-words/changes", endpoint="words_changes")
@allow(policies.can_see_words)
def words_changes() -> ResponseReturnValue:
    page = max(1, request.args.get("page", 1, type=int))
    changes, undone, count = queries.list_changes(page, 30)
    return render_template(
        "catalogue/words_changes.html", changes=changes, undone=undone, page=page, pages=max(1, -(-count // 30)), said=said,
        can_edit=policies.can_edit_words(sessions.current_person()),
    )


SAID = {
    "saved": _l("{what} changed"), "switched_on": _l("{what} switched on"), "switched_off": _l("{what} switched off"),
    "forgotten": _l("{what} as Kith came with it"), "imported": _l("From a file: {what}"), "undone": _l("Undone: {what}"),
}


def said(change: LexiconChange) -> tuple[str, str]:
    """A change in a line, and the words that came and went."""
    came, went = set[str](), set[str]()
    for key, after in change.after.items():
        before = change.before.get(key) or {}
        now, then = (set((state or {}).get("same", ())) | set((state or {}).get("near", ())) for state in (after, before))
        out_now, out_then = (set((state or {}).get("without", ())) for state in (after, before))
        came |= (now - then) | (out_then - out_now)
        went |= (then - now) | (out_now - out_then)
    parts = [f"{word}: {_some(found)}" for word, found in ((_("Came"), came), (_("Went"), went)) if found]
    return SAID[change.kind.value].format(what=change.what), ". ".join(parts)


def _some(found: set[str], most: int = 12) -> str:
    listed = sorted(found, key=str.casefold)
    return ", ".join(listed[:most]) + (_(" and %(number)s more", number=len(listed) - most) if len(listed) > most else "")


@blueprint.post("/search-words/changes/<uuid:change_id>/undo", endpoint="words_undo")
@allow(policies.can_edit_words, change=queries.get_change)
def words_undo(change: LexiconChange) -> ResponseReturnValue:
    me, change_id = sessions.current_person(), change.id
    return act(
        lambda: verbs.undo_change(change_id=change_id, actor=me), url_for("catalogue.words_changes"), done=_("Undone: it is as it was before.")
    )


@blueprint.route("/search-words/file", methods=["GET", "POST"], endpoint="words_file")
@allow(policies.can_edit_words)
def words_file() -> ResponseReturnValue:
    form = WordsFileForm()
    if form.validate_on_submit():
        try:
            file = read(form.file.data.read(), form.kind.data)
            return _report_page(file, form.kind.data)
        except DomainError as refusal:
            form.refuse(refusal)
    elif form.is_submitted() and not form.file.errors:
        form.file.errors = [_("Choose the file again: your browser forgot it when something else was wrong.")]
    return render_template("catalogue/words_file.html", form=form), 422 if request.method == "POST" else 200


def _report_page(file: WordsFile, form: Format) -> str:
    packed = json.dumps(verbs.pack(file.entries), ensure_ascii=False, separators=(",", ":")).encode()
    take = WordsTakeForm(formdata=None, kind=form, packed=base64.b64encode(zlib.compress(packed, 9)).decode())
    return render_template("catalogue/words_report.html", report=verbs.look_at_words(file=file), take=take, form_name=form)


@blueprint.post("/search-words/file/take", endpoint="words_take")
@allow(policies.can_edit_words)
def words_take() -> ResponseReturnValue:
    me, form = sessions.current_person(), WordsTakeForm()
    kind: Format = "openactive" if form.kind.data == "openactive" else "csv"
    entries = verbs.unpack(_unpacked(form.packed.data or ""))
    change = submit(form, lambda: verbs.apply_file(WordsFile(len(entries), entries), kind, me)[1] or True)
    if change is None:
        raise NotFound
    flash(_("Every search knows these words from now on.") if isinstance(change, LexiconChange) else _("There was nothing new in it."), "success")
    return redirect(url_for("catalogue.words_changes"), 303)


def _unpacked(text: str) -> Any:
    try:
        return json.loads(zlib.decompressobj().decompress(base64.b64decode(text), BIGGEST_PACKED))
    except (ValueError, zlib.error, binascii.Error) as error:
        raise Invalid(_("That is not what was looked at. Bring the file again.")) from error
