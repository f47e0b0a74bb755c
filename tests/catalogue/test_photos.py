"""Photos: only the picture is kept, it says nothing of where it was taken, and only those see it who see what it shows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from app.accounts.models import Person, Role, Zone
from app.catalogue import pictures, queries
from app.catalogue.models import Offering, Organisation, Photo
from app.catalogue.services import photos
from app.shared.db import db
from app.shared.errors import Invalid
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600), **given: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, kind, **given)  # type: ignore[arg-type]
    return out.getvalue()


def with_place() -> bytes:
    """A JPEG that says where and by what it was taken, turned on its side, with something glued to the end."""
    exif = Image.Exif()
    exif[0x0110] = "SECRETCAMERA"
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 31.0, 7.0), 3: "W", 4: (0.0, 12.0, 20.0)})
    return picture(exif=exif.tobytes(), comment=b"SECRETCOMMENT") + b"PK\x03\x04SECRETZIP"


@pytest.fixture
def zone(client: StrictClient) -> Zone:
    return factories.make_zone()


@pytest.fixture
def offering(zone: Zone) -> Offering:
    return factories.make_offering(factories.make_organisation(zone))


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone)


def folder(app: Flask) -> Path:
    return Path(app.config["SETTINGS"].data_dir) / "photos"


def files(app: Flask) -> set[Path]:
    return {path for path in folder(app).rglob("*") if path.is_file()}


def test_nothing_but_the_picture_is_kept() -> None:
    sent = with_place()
    assert b"SECRETCAMERA" in sent and Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    kept = pictures.read_picture(sent)
    again = Image.open(io.BytesIO(kept.content))
    assert not again.getexif() and "comment" not in again.info and "icc_profile" not in again.info
    assert b"SECRET" not in kept.content and b"Exif" not in kept.content
    assert (again.format, again.size) == ("JPEG", (600, 900)), "turned as the camera said"


def test_a_png_with_hidden_words_and_a_large_picture_come_out_as_small_jpegs() -> None:
    kept = pictures.read_picture(picture("PNG", (2000, 1000)))
    assert (kept.width, kept.height) == (1600, 800) and kept.content.startswith(b"\xff\xd8")
    assert pictures.read_picture(picture("WEBP")).content.startswith(b"\xff\xd8")


def test_what_a_file_is_counts_and_not_what_it_is_called() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for name, content, said in (
        ("svg", svg, "JPEG, PNG or WebP"), ("empty", b"", "JPEG, PNG or WebP"), ("gif", picture("GIF"), "JPEG, PNG or WebP"),
        ("half a jpeg", picture()[:2000], "JPEG, PNG or WebP"), ("too big", b"\xff\xd8" + bytes(pictures.LARGEST_FILE), "6 MB"),
        ("tiny", picture(size=(40, 40)), "too small"),
    ):
        with pytest.raises(Invalid, match=said) as refused:
            pictures.read_picture(content)
        assert refused.value.field == "file", name


def test_a_picture_made_to_fill_the_memory_is_refused() -> None:
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < pictures.LARGEST_FILE
    with pytest.raises(Invalid):
        pictures.read_picture(bomb.getvalue())


def test_a_photo_lies_outside_the_web_root_under_a_name_that_says_nothing(app: Flask, client: StrictClient, offering: Offering, manager: Person) -> None:
    before = files(app)
    photo = photos.add_photo(content=with_place(), alt="A hall", actor=manager, offering_id=offering.id)
    (made,) = files(app) - before
    assert made.name == photo.name and len(photo.name) == 36 and "static" not in made.parts
    assert made.stat().st_mode & 0o077 == 0
    photos.remove_photo(photo_id=photo.id, actor=manager)
    assert files(app) == before and db.session.query(Photo).count() == 0


def test_a_photo_without_words_or_one_too_many_leaves_no_file_behind(app: Flask, client: StrictClient, offering: Offering, manager: Person) -> None:
    before = files(app)
    with pytest.raises(Invalid) as refused:
        photos.add_photo(content=picture(), alt="  ", actor=manager, offering_id=offering.id)
    assert refused.value.field == "alt" and files(app) == before
    for _ in range(photos.MOST):
        photos.add_photo(content=picture(size=(300, 200)), alt="A hall", actor=manager, offering_id=offering.id)
    there = files(app)
    with pytest.raises(Invalid, match="the most"):
        photos.add_photo(content=picture(), alt="A hall", actor=manager, offering_id=offering.id)
    assert files(app) == there


def test_a_photo_is_served_safely_and_only_to_those_who_see_what_it_shows(client: StrictClient, zone: Zone, offering: Offering, manager: Person) -> None:
    photo = photos.add_photo(content=picture(), alt="A hall", actor=manager, offering_id=offering.id)
    link_worker = factories.make_person(Role.LINK_WORKER, zone)
    sign_in(client, link_worker)
    answer = client.get(f"/photos/{photo.id}")
    assert answer.status_code == 200 and answer.mimetype == "image/jpeg" and answer.data.startswith(b"\xff\xd8")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "private, max-age=3600")
    assert photo.name not in str(answer.headers.get("Content-Disposition"))
    assert f'src="/photos/{photo.id}" alt="A hall"' in client.get(f"/offerings/{offering.id}").get_data(as_text=True)
    for path in (f"/photos/{photo.id}/edit", f"/offerings/{offering.id}/photos"):
        assert client.get(path).status_code in (403, 404), path
    sign_in(client, factories.make_person(Role.ZONE_MANAGER, factories.make_zone()))
    assert client.get(f"/photos/{photo.id}").status_code == 404
    hidden = factories.make_offering(db.session.get_one(Organisation, offering.organisation_id), is_private=True)
    secret = photos.add_photo(content=picture(), alt="A hall", actor=manager, offering_id=hidden.id)
    sign_in(client, link_worker)
    assert client.get(f"/photos/{secret.id}").status_code == 404


def test_the_form_asks_for_words_and_for_consent_and_keeps_what_was_typed(client: StrictClient, offering: Offering, manager: Person) -> None:
    sign_in(client, manager)
    path = f"/offerings/{offering.id}/photos"
    wrong = client.post(path, data={"alt": "The blue door", "file": (io.BytesIO(b"no picture"), "door.jpg")}, content_type="multipart/form-data")
    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "The blue door" in text and "parent or carer has agreed" in text
    sent = {"alt": "The blue door", "nobody": "y", "file": (io.BytesIO(b"no picture"), "door.jpg")}
    wrong = client.post(path, data=sent, content_type="multipart/form-data")
    assert wrong.status_code == 422 and "Choose a JPEG, PNG or WebP picture" in wrong.get_data(as_text=True)
    sent["file"] = (io.BytesIO(with_place()), "../../etc/door.svg")
    assert client.post(path, data=sent, content_type="multipart/form-data").status_code == 303
    (photo,) = queries.list_photos(offering_id=offering.id)
    assert client.post(f"/photos/{photo.id}/edit", data={"alt": "A blue door with a bell"}).status_code == 303
    assert db.session.get_one(Photo, photo.id).alt == "A blue door with a bell"
    assert client.post(f"/photos/{photo.id}/remove").status_code == 303
    assert queries.list_photos(offering_id=offering.id) == []
