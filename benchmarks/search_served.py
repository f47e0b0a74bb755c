"""The real server with one worker on one core, asked for search pages: of a smaller catalogue fifty a second at a steady pace, whether or
not the last has been answered; of a large one each after the other. Times are by the clock, and what the server's processes worked."""

from __future__ import annotations

import http.client
import os
import random
import re
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from app.accounts.models import Role, Zone
from app.catalogue.search import views
from app.shared.db import db
from benchmarks.search_speed import catalogue, p50, p95, queries
from config import Settings
from tests.support.server import Server, running_server

PACE = 50
"""Searches a second."""
PACED_UP_TO = 20_000
"""Offerings; more are asked for one after the other."""
GOAL = 60
"""Milliseconds by the clock in which 95 of 100 have their answer."""
ASKERS = 8
GIVE_UP = 5.0
"""Seconds after its time a search is not asked any more."""
SETTLES, QUIET = 120, 15
"""Seconds after the start that the server may be busy by itself, and for how many it must not have been."""
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
        with _server(settings, cores[0]) as server:
            os.sched_setaffinity(0, set(cores[1:]) or set(cores))
            cookie = _signed_in(server.url, email, password)
            _settled(server)
            print(f"{offerings:,} offerings, one worker on one core, load {os.getloadavg()[0]:.1f}: ", end="", flush=True)
            if offerings <= PACED_UP_TO:
                _at_a_pace(server, cookie, seconds)
            else:
                _one_by_one(server, cookie)
            os.sched_setaffinity(0, set(cores))


def _at_a_pace(server: Server, cookie: str, seconds: int) -> None:
    _ask(server.url, cookie, 10.0, random.Random(1))
    worked, began = _worked(server), time.perf_counter()
    answers = _ask(server.url, cookie, seconds, random.Random(2))
    worked, taken = _worked(server) - worked, time.perf_counter() - began
    both = answers.typed + answers.pages
    print(f"{PACE} searches a second for {seconds} s: {len(both)} answered, {answers.wrong} wrong, {answers.left} not asked, being {GIVE_UP:.0f} s late")
    if not both:
        print("Nothing was answered.")
        return
    for name, times in (("as you type (the parts that change)", answers.typed), ("whole pages", answers.pages), ("all", both)):
        if times:
            print(f"  {name:<38} p50 {p50(times):.0f} ms, p95 {p95(times):.0f} ms, longest {max(times):.0f} ms, by the clock")
    print(f"  the server's processor: {worked / len(both):.1f} ms for each, {worked / taken / 10:.0f} % of the core")
    is_kept = not answers.wrong and not answers.left
    _verdict(f"{PACE} a second {'kept' if is_kept else 'NOT kept'}; ", both, is_reached=is_kept)


def _one_by_one(server: Server, cookie: str) -> None:
    connection, dice = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60), random.Random(2)
    asked = [(typed, dice.choice(FACETS), dice.random() < 0.2) for _, typed in queries(60, seed=dice.randrange(1000))]
    for one in asked[:20]:
        _answer(connection, cookie, *one)
    taken, worked, wrong = [], [], 0
    for one in asked[20:]:
        work, began = _worked(server), time.perf_counter()
        is_right = _answer(connection, cookie, *one)
        taken.append((time.perf_counter() - began) * 1000)
        worked.append(_worked(server) - work)
        wrong += not is_right
    print(f"{len(taken)} searches, each after the other, {wrong} wrong")
    for name, times in (("by the clock", taken), ("the server's processor", worked)):
        print(f"  {name:<24} p50 {p50(times):.1f} ms, p95 {p95(times):.1f} ms, mean {sum(times) / len(times):.1f} ms")
    _verdict("", taken, is_reached=not wrong)


def _verdict(before: str, times: list[float], *, is_reached: bool) -> None:
    is_reached = is_reached and p95(times) < GOAL
    print(f"  {before}p95 {p95(times):.0f} ms where {GOAL} is the goal: {'REACHED' if is_reached else 'NOT REACHED'}")


def _settled(server: Server) -> None:
    """Until what is done once after a start (loops compiled, files written for matching) is done: it would share the one core."""
    quiet = 0
    for _ in range(SETTLES):
        before = _worked(server)
        time.sleep(1.0)
        quiet = quiet + 1 if _worked(server) - before < 100 else 0
        if quiet == QUIET:
            return


def _worked(server: Server) -> float:
    """Milliseconds that the threads of the server and of all it started have been at work."""
    parent_of: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it has just ended
                parent_of[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    ours = {server.process.pid}
    while more := {child for child, parent in parent_of.items() if parent in ours} - ours:
        ours |= more
    total = 0
    for process in ours:
        with suppress(OSError):
            total += sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{process}/task").iterdir())
    return total / 1e6


def _person(zone_id: uuid.UUID) -> tuple[str, str]:
    from tests.factories import PASSWORD, make_person

    zone = db.session.get_one(Zone, zone_id)
    return make_person(Role.ZONE_MANAGER, zone).email, PASSWORD


@contextmanager
def _server(settings: Settings, core: int) -> Iterator[Server]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})  # the server and all it starts stay there
    try:
        with running_server(settings, Path(settings.data_dir) / "server.log") as server:
            yield server
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


def _answer(connection: http.client.HTTPConnection, cookie: str, typed: str, facets: dict[str, str], is_page: bool) -> bool:
    """Asks as a browser does, and says whether a page came."""
    headers = {"Cookie": cookie, "Accept-Encoding": "gzip, br", **({} if is_page else {"HX-Request": "true"})}
    connection.request("GET", f"/find?{urlencode({'q': typed, **facets})}", headers=headers)
    answer = connection.getresponse()
    return bool(answer.read()) and answer.status == 200


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
            is_right = _answer(connection, cookie, typed, facets, is_page)
            taken = (time.perf_counter() - began - at) * 1000
            with lock:
                (answers.pages if is_page else answers.typed).append(taken)
                answers.wrong += not is_right

    threads = [threading.Thread(target=run) for _ in range(ASKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
