"""Connects the catalogue: search watches the session, and accounts learns who can name organisations and find postcodes."""

from __future__ import annotations

from flask import Flask

from app.accounts import hooks as accounts
from app.catalogue import letters, queries
from app.catalogue.search import index, views
from app.catalogue.services import alike, confirming, lapses, misses, moving, saved_searches
from app.notifications.emails import register_email
from app.notifications.sweeps import register_sweep


def connect(app: Flask) -> None:
    index.listen()
    moving.register()
    accounts.register_organisations(queries.choices_of_organisations)
    accounts.register_locator(queries.locate)
    register_sweep("catalogue.saved_searches", saved_searches.sweep)
    register_sweep("catalogue.alike", alike.sweep)
    register_sweep("catalogue.papers", lapses.sweep)
    register_sweep("catalogue.still_right", confirming.sweep)
    register_email(confirming.LETTER, letters.still_right)
    register_email(lapses.LETTER, letters.runs_out)
    register_sweep("catalogue.forget_old_misses", misses.forget_old_misses)
    register_sweep("catalogue.snapshots", views.keep)
