"""The people of a Zone: who they are, what they may do, coming and going."""

from __future__ import annotations

import uuid

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import links, policies, queries, sessions
from app.accounts.forms import PersonForm, RoleForm
from app.accounts.models import ROLE_WORDS, Person, Role, Zone
from app.accounts.roles import ROLES
from app.accounts.routes.blueprint import blueprint
from app.accounts.services import passwords, people
from app.accounts.shown import grant_lines
from app.shared.errors import NotFound
from app.shared.web import act, allow, paced, submit

PAGE = 50
MOST_FOUND = 200


@blueprint.route("/people", methods=["GET", "POST"], endpoint="people")
@allow(policies.can_manage_people)
def people_list() -> ResponseReturnValue:
    """Whose name is looked for is sent, not put in an address: those stand in logs and histories."""
    me, q = sessions.current_person(), request.form.get("q", "").strip()[:100]
    page = 1 if q else max(request.args.get("page", 1, type=int), 1)
    role, left = _typed_role(), request.values.get("left") == "1"
    if request.method == "POST" and not q:
        return redirect(url_for("accounts.people", role=role, left="1" if left else None), 303)
    found, count = queries.list_people(me, q=q, role=role, left=left, page=page, size=MOST_FOUND if q else PAGE)
    return render_template(
        "accounts/people_list.html", people=found, count=count, q=q, role=role, left=left, page=page, pages=1 if q else -(-count // PAGE),
        roles=sorted({role for _, roles in _places(me) for role in roles}, key=list(Role).index), words=ROLE_WORDS,
        lines=grant_lines(found, me), me_id=me.id,
    )


@blueprint.route("/people/new", methods=["GET", "POST"])
@allow(policies.can_manage_people)
def person_new() -> ResponseReturnValue:
    me = sessions.current_person()
    zone, role = _chosen(me)
    if zone is None or role is None:
        return render_template("accounts/role_choose.html", places=_places(me), shapes=ROLES, words=ROLE_WORDS, person=None)
    form = PersonForm()
    form.narrow(role, zone)
    zone_id, zone_name = zone.id, zone.name

    def verb() -> Person:
        return people.add_person(
            name=form.name.data or "", email=form.email.data or "", phone=form.phone.data or "",
            zone_id=zone_id, role=role, scope=form.scope(), actor=me,
        )

    person = submit(form, verb)
    if person is None:
        page = render_template("accounts/person_new.html", form=form, zone=zone, word=ROLE_WORDS[role], shape=ROLES[role])
        return page, 422 if request.method == "POST" else 200
    flash(_("%(person)s is now %(role)s in %(zone)s.", person=person.name, role=ROLE_WORDS[role], zone=zone_name), "success")
    return redirect(url_for("accounts.person", person_id=person.id), 303)


@blueprint.get("/people/<uuid:person_id>", endpoint="person")
@allow(policies.can_look_up, person=queries.get_person)
def person_show(person: Person) -> ResponseReturnValue:
    me = sessions.current_person()
    may_answer = policies.can_answer_for(me, person)
    invited = may_answer and person.is_active and person.password_hash is None
    return render_template(
        "accounts/person_show.html", person=person, lines=grant_lines([person], me)[person.id], is_me=person.id == me.id,
        may_answer=may_answer, mail_works=_mail_works(), has_second_step=queries.has_second_step(person.id),
        link=_link(links.make_token(person, str(current_app.secret_key))) if invited and not _mail_works() else None,
    )


@blueprint.route("/people/<uuid:person_id>/roles/new", methods=["GET", "POST"])
@allow(policies.can_look_up, person=queries.get_person)
def role_new(person: Person) -> ResponseReturnValue:
    me, person_id = sessions.current_person(), person.id
    zone, role = _chosen(me)
    if zone is None or role is None:
        return render_template("accounts/role_choose.html", places=_places(me), shapes=ROLES, words=ROLE_WORDS, person=person)
    form = RoleForm()
    form.narrow(role, zone)
    zone_id, done = zone.id, _("%(person)s is now %(role)s in %(zone)s.", person=person.name, role=ROLE_WORDS[role], zone=zone.name)
    grant = submit(form, lambda: people.add_role(person_id=person_id, zone_id=zone_id, role=role, scope=form.scope(), actor=me))
    if grant is None:
        page = render_template("accounts/role_new.html", form=form, zone=zone, person=person, word=ROLE_WORDS[role], shape=ROLES[role])
        return page, 422 if request.method == "POST" else 200
    flash(done, "success")
    return redirect(url_for("accounts.person", person_id=person_id), 303)


@blueprint.post("/people/<uuid:person_id>/roles/<uuid:grant_id>/end")
@allow(policies.can_look_up, person=queries.get_person)
def role_end(person: Person, grant_id: uuid.UUID) -> ResponseReturnValue:
    me, person_id = sessions.current_person(), person.id
    if grant_id not in {grant.id for grant in person.grants}:
        raise NotFound
    stays_in_sight = any(grant.id != grant_id and policies.can_end_grant(me, grant) for grant in person.grants) or me.id == person_id
    back = url_for("accounts.person", person_id=person_id) if stays_in_sight else url_for("accounts.people")
    return act(lambda: people.end_role(grant_id=grant_id, actor=me), back, done=_("That role has ended."))


@blueprint.route("/people/<uuid:person_id>/leave", methods=["GET", "POST"])
@allow(policies.can_answer_for, person=queries.get_person)
def person_leave(person: Person) -> ResponseReturnValue:
    me, person_id, name = sessions.current_person(), person.id, person.name
    if request.method == "GET":
        return render_template(
            "accounts/person_leave.html", person=person, lines=grant_lines([person], me)[person_id],
            sign_ins=queries.list_sign_ins(person_id, **sessions.limits()),
        )
    done = _("%(name)s has left: signed out everywhere, and without any role.", name=name)
    return act(lambda: people.leave(person_id=person_id, actor=me), url_for("accounts.people"), done=done)


@blueprint.post("/people/<uuid:person_id>/link")
@allow(policies.can_answer_for, person=queries.get_person)
@paced("letters", 30, 60)
def person_link(person: Person) -> ResponseReturnValue:
    me, person_id = sessions.current_person(), person.id
    token = passwords.make_link(person_id=person_id, actor=me, secret=str(current_app.secret_key))
    if _mail_works():
        flash(_("A link to choose a password is on its way to %(address)s.", address=person.email), "success")
        return redirect(url_for("accounts.person", person_id=person_id), 303)
    return render_template("accounts/person_link.html", person=person, link=_link(token))


def _typed_role() -> Role | None:
    typed = request.values.get("role")
    return Role(typed) if typed in set(Role) else None


def _places(me: Person) -> list[tuple[Zone, list[Role]]]:
    """Where this person may give which roles."""
    places = [(zone, [role for role in policies.GRANTABLE if policies.can_grant(me, role, zone)]) for zone in queries.list_zones()]
    return [(zone, roles) for zone, roles in places if roles]


def _chosen(me: Person) -> tuple[Zone | None, Role | None]:
    """The Zone and role named in the address, where this person may give that role there."""
    role, slug = _typed_role(), request.args.get("zone")
    for zone, roles in _places(me):
        if role in roles and zone.slug == slug:
            return zone, role
    return None, None


def _mail_works() -> bool:
    return bool(current_app.config["SETTINGS"].smtp_url)


def _link(token: str) -> str:
    return f"{current_app.config['SETTINGS'].base_url}{url_for('accounts.choose_password', token=token)}"
