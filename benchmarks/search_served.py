"""The real server with one worker on one core: search pages asked for at a steady pace, whether or not the last has been answered."""

from __future__ import annotations

import http.client
import os
import random
import re
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from app.accounts.models import Role, Zone
from app.catalogue.search import views
from app.shared.db import db
from benchmarks.search_speed import catalogue, p50, p95, queries
from config import Settings

PACE = 50
"""Searches a second."""
ASKERS = 8
GIVE_UP = 5.0
"""Seconds after its time a search is not asked any more."""
FACETS: tuple[dict[str, str], ...] = ({}, {}, {"day": "Sat"}, {"age": "9"}, {"free": "1", "kind": "commissioned"}, {"need": "Social", "step_free": "1"}, {"places": "1"})


@dataclass
class Answers:
    """Milliseconds from the moment a search was due until its answer was read."""

    typed: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    wrong: int = 0
    left: int = 0


def serve(offerings: int, seconds: int = 60) -> None:
    with catalogue(offerings) as (zone_id, settings):
        if offerings >= views.LEAST:
            views.write(zone_id)
        email, password = _person(zone_id)
        db.session.remove()
        cores = sorted(os.sched_getaffinity(0))
        with _server(settings, cores[0]) as url:
            os.sched_setaffinity(0, set(cores[1:]) or set(cores))
            cookie = _signed_in(url, email, password)
            _ask(url, cookie, 3.0, random.Random(1))
            answers = _ask(url, cookie, seconds, random.Random(2))
            os.sched_setaffinity(0, set(cores))
    both = answers.typed + answers.pages
    print(f"{offerings:,} offerings, one worker on one core, {PACE} searches a second for {seconds} s: {len(both)} answered, {answers.wrong} wrong, "
          f"{answers.left} not asked, being {GIVE_UP:.0f} s late")
    for name, times in (("as you type (the parts that change)", answers.typed), ("whole pages", answers.pages), ("all", both)):
        print(f"  {name:<38} p50 {p50(times):.0f} ms, p95 {p95(times):.0f} ms, longest {max(times):.0f} ms")


def _person(zone_id: uuid.UUID) -> tuple[str, str]:
    from tests.factories import PASSWORD, make_person

    zone = db.session.get_one(Zone, zone_id)
    return make_person(Role.ZONE_MANAGER, zone).email, PASSWORD


@contextmanager
def _server(settings: Settings, core: int) -> Iterator[str]:
    from tests.support.server import running_server

    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})  # the server and all it starts stay there
    try:
        with running_server(settings, Path(settings.data_dir) / "server.log") as server:
            yield server.url
    finally:
        os.sched_setaffinity(0, before)


def _signed_in(url: str, email: str, password: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    hidden = [tag for tag in re.findall(r"<input[^>]*>", answer.read().decode()) if 'type="hidden"' in tag]
    fields = {_attribute(tag, "name"): _attribute(tag, "value") for tag in hidden}
    cookies = _cookies(answer)
    form = urlencode({**fields, "email": email, "password": password})
    connection.request("POST", "/sign-in", form, {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status in {302, 303}, answer.status
    return _cookies(answer) or cookies


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(value.partition(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")


def _ask(url: str, cookie: str, seconds: float, dice: random.Random) -> Answers:
    """Searches due at a steady pace, taken by whoever is free."""
    asked = [typed for _, typed in queries(60, seed=dice.randrange(1000))]
    due = [(n / PACE, dice.choice(asked), dice.choice(FACETS), dice.random() < 0.2) for n in range(int(seconds * PACE))]
    answers, lock, began = Answers(), threading.Lock(), time.perf_counter()
    waiting = iter(due)

    def run() -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        while True:
            with lock:
                one = next(waiting, None)
            if one is None:
                return
            at, typed, facets, is_page = one
            late = time.perf_counter() - began - at
            if late > GIVE_UP:  # a queue that only grows says nothing more: what is left counts as not answered
                with lock:
                    answers.left += 1
                continue
            time.sleep(max(0.0, -late))
            headers = {"Cookie": cookie, **({} if is_page else {"HX-Request": "true"})}
            connection.request("GET", f"/find?{urlencode({'q': typed, **facets})}", headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            taken = (time.perf_counter() - began - at) * 1000
            with lock:
                (answers.pages if is_page else answers.typed).append(taken)
                answers.wrong += answer.status != 200 or not body

    threads = [threading.Thread(target=run) for _ in range(ASKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
