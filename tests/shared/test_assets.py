"""Built again while Kith runs: pages name the new files, and a file that is gone is not found, never an error."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from app import create_app
from app.shared.assets import Assets, StaticFiles
from config import Settings


def build(folder: Path, tag: str, *names: str, icons: tuple[str, ...] = ("heart",)) -> None:
    """As build.mjs does: made aside, then moved in."""
    aside = folder.with_name(f"build-{tag}")
    aside.mkdir(parents=True)
    files = {name: name.replace(".", f"-{tag}.") for name in names}
    for file in files.values():
        (aside / file).write_text(f"/* {file} */")
    (aside / "manifest.json").write_text(json.dumps({"files": files, "icons": icons}))
    if folder.exists():
        folder.rename(folder.with_name(f"before-{tag}"))
    aside.rename(folder)


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    build(folder, "11111111", "app.css", "old.js", "icons.svg", icons=("heart", "harp"))
    return folder


def test_a_page_drawn_after_a_build_names_its_files(dist: Path) -> None:
    assets = Assets(dist, every=0)
    assert assets.asset("app.css") == "/static/app-11111111.css"
    build(dist, "22222222", "app.css", "icons.svg")
    assert assets.asset("app.css") == "/static/app-22222222.css"


def test_what_a_build_no_longer_has_is_no_error_on_a_page(dist: Path) -> None:
    assets = Assets(dist, every=0)
    assets.read()
    build(dist, "22222222", "app.css", "icons.svg")
    assert assets.asset("old.js") == "/static/old-11111111.js"
    assert "icons-22222222.svg#harp" in assets.icon("harp")


def test_a_page_can_be_drawn_while_the_files_are_away(dist: Path) -> None:
    assets = Assets(dist, every=0)
    assets.read()
    shutil.rmtree(dist)
    assert assets.asset("app.css") == "/static/app-11111111.css"


def client_of(dist: Path) -> Client:
    return Client(StaticFiles(Flask("beneath", static_folder=None).wsgi_app, dist))


def status(client: Client, path: str) -> int:
    with client.get(path) as answer:
        return answer.status_code


def test_a_file_that_is_gone_is_not_found(dist: Path) -> None:
    client = client_of(dist)
    assert status(client, "/static/app-11111111.css") == 200
    (dist / "app-11111111.css").unlink()
    assert status(client, "/static/app-11111111.css") == 404
    shutil.rmtree(dist)
    assert status(client, "/static/old-11111111.js") == 404


def test_files_of_a_build_made_while_kith_runs_are_served(dist: Path) -> None:
    client = client_of(dist)
    build(dist, "22222222", "app.css", "icons.svg")
    with client.get("/static/app-22222222.css") as answer:
        assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert status(client, "/static/app-11111111.css") == 404


def test_nothing_beside_the_folder_is_served(dist: Path) -> None:
    (dist.parent / "secret.txt").write_text("x")
    assert status(client_of(dist), "/static/../secret.txt") == 404
    assert status(client_of(dist), "/static/%2e%2e/secret.txt") == 404


def test_kith_says_that_a_file_is_not_there(tmp_path: Path) -> None:
    client = Client(create_app(Settings.from_environment({"KITH_DATA_DIR": str(tmp_path)})).wsgi_app)
    assert status(client, "/static/app-00000000.css") == 404
    assert status(client, "/static/manifest.json") == 200
