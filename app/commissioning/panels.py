"""What commissioning shows on a child's page: the envelope, and what is asked for or bought."""

from __future__ import annotations

from flask import render_template
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.accounts.models import Person
from app.children import panels as child_panels
from app.children.models import Child
from app.commissioning import policies
from app.commissioning.queries.statements import money_bar


def register() -> None:
    child_panels.register_panel("money", 40, draw_money, column="side")
    child_panels.register_tab("commissioning.statement", 40, _l("Money"), policies.can_see_statement)


def draw_money(child: Child, person: Person) -> Markup | str:
    """The envelope of this school year with what stands against it; nothing for those who have no business with money."""
    if not policies.can_see_statement(person, child):
        return ""
    return Markup(render_template("commissioning/_child_money.html", child=child, money=money_bar(child)))  # noqa: S704
