"""Where people stand in a child's circle, on the introduction's path and on the ground before the door."""

from __future__ import annotations

import random

from app.shared import circle, circle_seating, track
from app.shared.circle import pictures
from app.shared.circle_parts import QUARTERS, Tie

NAMES = ("Mum", "Tobi", "Miss Grant", "Acton Library", "Safiya", "Uncle Femi")


def crowd(size: int, seed: int = 4) -> list[Tie]:
    dice, quarters = random.Random(seed), list(QUARTERS)
    return [
        Tie(str(i), dice.choice(NAMES), "art therapist", "smile", quarters[i % 4], dice.choice([1, 2, 2, 3, 3]), "warm")
        for i in range(size)
    ]


def test_no_two_labels_touch_in_a_circle_of_twelve() -> None:
    for seed in (1, 2, 3):
        drawn = pictures(crowd(12, seed))
        assert drawn["wide"]["touching"] == 0
        assert drawn["phone"]["touching"] == 0


def test_the_same_people_give_the_same_picture_whatever_the_order() -> None:
    ties = crowd(9)
    assert pictures(ties) == pictures(ties[::-1])


def test_everybody_stays_in_their_own_quarter() -> None:
    for drawn in pictures(crowd(12)).values():
        for token in drawn["tokens"]:
            low, high = QUARTERS[token["quarter"]]
            assert low <= token["angle"] <= high


def test_nearer_people_stand_nearer_the_child() -> None:
    near = Tie("a", "Mum", "family", "heart", "home", 1, "warm")
    far = Tie("b", "Nan", "family", "heart", "home", 3, "fading")
    drawn = pictures([far, near])["wide"]
    away = {t["id"]: (t["x"] - drawn["half"]) ** 2 + (t["y"] - drawn["half"]) ** 2 for t in drawn["tokens"]}
    assert away["a"] < away["b"]


def test_an_earlier_circle_keeps_people_on_the_side_they_have_now() -> None:
    now = crowd(10)
    seats = {token["id"]: token["angle"] for token in pictures(now)["wide"]["tokens"]}
    before = pictures(now[:4], like=now)["wide"]["tokens"]
    assert all(abs(token["angle"] - seats[token["id"]]) < 15 for token in before)


def test_no_line_runs_through_another_persons_name_when_there_is_room() -> None:
    ties = circle._ordered(crowd(8))
    look = circle.WIDE[0]
    at = circle_seating._settle(ties, look, {})
    assert not [
        (tie.id, other.id)
        for tie in ties for other in ties
        if other is not tie and circle_seating._crosses(at[tie.id], at[other.id].box, look)
    ]


def test_a_child_without_anybody_still_has_a_circle() -> None:
    assert pictures([])["wide"]["tokens"] == []


def test_a_path_has_a_leg_between_every_two_stops_and_turns_at_the_end_of_a_row() -> None:
    drawn = track.path(9, 3, 340, 118)
    assert len(drawn["stops"]) == 9
    assert len(drawn["legs"]) == 8
    assert drawn["stops"][3][0] == drawn["stops"][2][0]
    assert all(0 < x < drawn["w"] and 0 < y < drawn["h"] for x, y in drawn["stops"])


def test_nobody_stands_on_another_before_the_door() -> None:
    people = [{"who": str(i), "icon": "smile", "stance": stance} for i, stance in enumerate(("yes",) * 4 + ("try", "not_yet"))]
    drawn = track.stand(people)
    assert len({(p["x"], p["y"]) for p in drawn["people"]}) == 6
    columns = {stance: [p["x"] for p in drawn["people"] if p["stance"] == stance] for stance in ("not_yet", "try", "yes")}
    assert max(columns["not_yet"]) < min(columns["try"]) < min(columns["yes"])


def test_the_circle_of_another_day_touches_nowhere_and_draws_who_was_there_as_they_stood() -> None:
    def tie(name: str, ring: int) -> Tie:
        return Tie(name, name, "little brother", "heart", "home", ring, "warm")

    now = [tie("Mum", 1), tie("Tobi", 1), tie("Nan", 2), tie("Uncle Femi", 3)]
    for drawn in circle.standing(now, {"Mum": (1, "warm"), "Tobi": (1, "new"), "Nan": (1, "warm")}).values():
        assert drawn["touching"] == 0
        assert {token["id"]: token["line"] for token in drawn["tokens"]} == {"Mum": "warm", "Tobi": "new", "Nan": "warm"}
