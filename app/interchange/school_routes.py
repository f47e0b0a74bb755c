"""A school's own file: bring it, say what its columns are, decide what is in doubt, take it in, and take it back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField
from wtforms.validators import InputRequired, ValidationError

from app.accounts.models import School
from app.audit.services import note_sights
from app.children import policies as child_policies
from app.children.school_queries import get_school_of
from app.interchange import school_columns, school_plan, school_policies, school_queries
from app.interchange.routes import blueprint
from app.interchange.school_models import SchoolImport, SchoolImportState
from app.interchange.services import school_files as services
from app.shared import clock
from app.shared.errors import DomainError, Invalid
from app.shared.forms import DayField, KithForm, choices
from app.shared.web import act, allow, current_person, submit

SHOWN = 60
"""Problems on the page; the rest is counted."""


class SchoolFileForm(KithForm):
    preset = SelectField(_l("Which program is it from?"), choices=choices([("", _l("Find out by the columns")), *school_columns.PRESETS.items()]), validate_choice=False)
    measured_on = DayField(_l("Of which day are the figures?"), [InputRequired(_l("Choose the day."))])
    file = FileField(_l("The file"), description=_l("CSV or Excel, at most 6 MB. It is looked at first: nothing is brought in before you say so."))

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise ValidationError(_("Choose the file."))

    def content(self) -> tuple[str, bytes]:
        upload: Any = self.file.data
        if not upload:
            raise Invalid(_("Choose the file."), field="file")
        name = (getattr(upload, "filename", "") or "file").replace("\\", "/").rpartition("/")[2]
        return "".join(c for c in name if c.isprintable())[:120] or "file", bytes(upload.read())


class ColumnsForm(KithForm):
    """One list of the file's columns for each thing that a column can be; the fields are made from TARGETS."""

    def offer(self, titles: list[str], rules: dict[str, str]) -> None:
        for name in school_columns.TARGETS:
            self[name].choices = choices([("", _("Not in the file")), *((title, title) for title in titles)])
            if not self.is_submitted():
                self[name].data = rules.get(name, "")

    def rules(self) -> dict[str, str]:
        return {name: str(self[name].data or "") for name in school_columns.TARGETS}


for _name, _target in school_columns.TARGETS.items():
    setattr(ColumnsForm, _name, SelectField(_target.words, choices=[], validate_choice=False))


@blueprint.route("/selections/<uuid:school_id>/files", methods=["GET", "POST"])
@allow(child_policies.can_bring_school_file, school=get_school_of)
def school_files(school: School) -> ResponseReturnValue:
    form = SchoolFileForm()
    if not form.is_submitted():
        form.measured_on.data = clock.today()
    me, school_id = current_person(), school.id

    def verb() -> SchoolImport:
        name, content = form.content()
        return services.keep_school_file(
            school_id=school_id, file_name=name, content=content, preset=form.preset.data or "", measured_on=form.measured_on.data or clock.today(), actor=me,
        )

    file = submit(form, verb)
    if file is not None:
        return redirect(url_for("interchange.school_file", file_id=file.id), 303)
    is_wrong = request.method == "POST"
    school = get_school_of(school_id, me)
    page = render_template(
        "interchange/school_files.html", school=school, form=form, files=school_queries.list_school_files(school_id), is_wrong=is_wrong,
        mapping=school_queries.find_mapping(school_id), presets=school_columns.PRESETS,
    )
    return page, 422 if is_wrong else 200


@blueprint.route("/school-files/<uuid:file_id>", methods=["GET", "POST"])
@allow(school_policies.can_see_school_file, file=school_queries.get_school_file)
def school_file(file: SchoolImport) -> ResponseReturnValue:
    """GET: what it would do, or did. POST: keep what was decided, and with the button "bring" take it in."""
    me, file_id = current_person(), file.id
    refused = ""
    if request.method == "POST":
        said = {key: value for key, value in request.form.items() if key.startswith("row-")}
        try:
            services.choose_in_school_file(file_id=file_id, choices=said, actor=me)
            file = school_queries.get_school_file(file_id, me)
            now = school_queries.plan_of(file)
            if request.form.get("do") != "bring" or now.waiting:
                if now.waiting:
                    flash(_("Some rows still wait: say whose they are, or leave them out."), "notice")
                return redirect(url_for("interchange.school_file", file_id=file_id), 303)
            services.use_school_file(file_id=file_id, seen=now.print if _saw(now) else "", actor=me)
            flash(_("It is in. You can take all of it back as long as nothing was built on it."), "success")
            return redirect(url_for("interchange.school_file", file_id=file_id), 303)
        except DomainError as refusal:
            refused = refusal.sentence
            file = school_queries.get_school_file(file_id, me)
    if file.state is not SchoolImportState.WAITING:
        page = render_template("interchange/school_file_done.html", file=file, stops=school_queries.what_stops_undoing(file), refused=refused)
        return page, 409 if refused else 200
    return _waiting_page(file, refused)


def _saw(now: school_plan.Plan) -> bool:
    """The steps that do not hang on a choice are as they were when the page was drawn."""
    return request.form.get("seen", "") == now.ground


def _waiting_page(file: SchoolImport, refused: str) -> ResponseReturnValue:
    me = current_person()
    if file.person_id != me.id:
        return render_template("interchange/school_file_other.html", file=file)
    plan, trouble = None, ""
    try:
        plan = school_queries.plan_of(file)
    except DomainError as refusal:
        trouble = refusal.sentence
    if plan is not None:
        named = {known.id for doubt in plan.doubts for known in doubt.candidates} | {step.who.id for step in plan.steps if step.who is not None}
        note_sights(person=me, child_ids=sorted(named), what="school’s file")
    page = render_template(
        "interchange/school_file_show.html", file=file, plan=plan, trouble=trouble, refused=refused, targets=school_columns.TARGETS,
        presets=school_columns.PRESETS, shown=SHOWN,
    )
    return page, 409 if refused else 200


@blueprint.route("/school-files/<uuid:file_id>/columns", methods=["GET", "POST"], endpoint="school_columns")
@allow(school_policies.can_use_school_file, file=school_queries.get_school_file)
def school_columns_edit(file: SchoolImport) -> ResponseReturnValue:
    me, file_id = current_person(), file.id
    if file.content is None:
        return redirect(url_for("interchange.school_file", file_id=file_id), 303)
    sheet = school_queries.sheet_of(file.content, file.file_name)
    form = ColumnsForm()
    form.offer(sheet.titles, file.rules)
    if submit(form, lambda: services.set_school_columns(file_id=file_id, rules=form.rules(), actor=me)) is not None:
        flash(_("Kept. The next file of this school starts from these columns."), "success")
        return redirect(url_for("interchange.school_file", file_id=file_id), 303)
    is_wrong = request.method == "POST"
    file = school_queries.get_school_file(file_id, me)
    page = render_template(
        "interchange/school_columns.html", file=file, form=form, is_wrong=is_wrong, sheet=sheet, people=school_columns.PEOPLE,
        sample=[cells for _, cells in sheet.rows[:3]],
    )
    return page, 422 if is_wrong else 200


@blueprint.post("/school-files/<uuid:file_id>/discard")
@allow(school_policies.can_use_school_file, file=school_queries.get_school_file)
def school_file_discard(file: SchoolImport) -> ResponseReturnValue:
    me, file_id, school_id = current_person(), file.id, file.school_id
    return act(
        lambda: services.discard_school_file(file_id=file_id, actor=me), url_for("interchange.school_files", school_id=school_id),
        done=_("The upload is thrown away. Nothing of it came in."),
    )


@blueprint.post("/school-files/<uuid:file_id>/undo")
@allow(school_policies.can_see_school_file, file=school_queries.get_school_file)
def school_file_undo(file: SchoolImport) -> ResponseReturnValue:
    me, file_id = current_person(), file.id
    return act(
        lambda: services.undo_school_import(file_id=file_id, actor=me), url_for("interchange.school_file", file_id=file_id),
        done=_("All of it is taken back."),
    )
