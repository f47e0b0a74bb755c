"""The loops of a large Zone: the rules asked of every offering near a child, and what the child said weighed in those that are left.

The readable truth is rules.py, filtering.py and scoring.py; tests/matching/test_kernels.py holds these loops against it. Distances squared are chords of a
sphere of radius 1 in single precision, kilometres are measured exactly (haversine). Pure.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.shared.compiled import compiled, compiled_in_any_order

Array = NDArray[Any]
HIDDEN, REFUSED = 1, 2
"""What `state` says of a row beside 0: it stands elsewhere or nowhere; the child said no to it."""
WITHIN, FETCHED, ANYWHERE, BEYOND, BEYOND_FETCHED = range(5)
"""Of a range of rows: places within reach of the child, or of whoever fetches children; what is online or comes home; places that are too far for certain."""
FIRST_OF = np.zeros(32, np.int64)
"""The place of the lowest bit of a set, by (that bit * SPREAD) >> 27 in 32 bits."""
SPREAD = 0x077CB531
for _at in range(32):
    FIRST_OF[((1 << _at) * SPREAD & 0xFFFFFFFF) >> 27] = _at


@compiled
def sift(
    starts: Array, ends: Array, kinds: Array, state: Array, who: Array, term: Array, week: Array, x: Array, y: Array, z: Array, latitude: Array,
    longitude: Array, home_km: Array, home_chords: Array, free: Array, until: Array, who_bits: Array, term_bits: Array, week_bits: Array,
    who_class: Array, term_class: Array, week_class: Array, is_home: Array, reaches: Array, chords: Array, first_of: Array, place: Array, near: Array,
    settings: Array, counts: Array, opens: Array, picked: Array, rows: Array, bits: Array, further: Array, doubtful: Array,
) -> tuple[int, int, int]:
    """Asks all rules of the rows of some ranges. How many were written to `rows` (with `bits`), to `further` and to `doubtful`.

    `rows` break nothing but what is looked past; `further` holds by how many km each is too far that breaks no other rule; `doubtful` are those whose
    free places nobody can be sure of, where it matters: they are counted nowhere. `opens` has how many of the others break which rule only. `counts` is
    given with all of them counted under the first rule that their combination of `who` breaks before distance, and under distance where it breaks none;
    whoever breaks another first is moved, and who breaks none is taken out (what was refused and what is hidden are not among them).

    `kinds`: of each range, whether it is within the child's reach, within that of transport, anywhere, or beyond either (kernels.WITHIN ...); `reaches` (km),
    `chords` of those (a row each): of the reach, of what is told of beyond it, and how near to a limit a chord is not trusted. `place`: x, y, z of the child
    (float32). `near`: its latitude and longitude in degrees, how far beyond reach is told, and the Earth's radius. `settings`: the bits looked past; today
    (ordinal); whether anything but `rows` is wanted; whether it is known where the child is; the places of the rules of distance, home visits and free
    places in the table; the bits before distance that hang on the combination alone. `picked` is room for a few rows at a time: most are out of
    the question by their combinations alone, of which the classes tell: `who_class` as sifting has it, 1 in the others where a rule is broken.
    """
    past, today, is_counted, is_placed = np.uint32(settings[0]), settings[1], settings[2] != 0, settings[3] != 0
    one, nothing, before = np.uint32(1), np.uint32(0), np.uint32(settings[7])
    far, away, full = settings[4], np.uint32(1) << np.uint32(settings[5]), np.uint32(1) << np.uint32(settings[6])
    distance = one << np.uint32(far)
    south, further_km, earth_km = math.radians(near[0]), near[2], near[3]
    found, beyond, open_, km = 0, 0, 0, 0.0
    for at in range(len(starts)):
        kind = kinds[at]
        limit_km = reaches[kind]
        limit, far_limit, edge = chords[kind, 0], chords[kind, 1], chords[kind, 2]
        for first_row in range(starts[at], ends[at], len(picked)):
            many = 0
            if is_counted and kind < BEYOND:
                for row in range(first_row, min(first_row + len(picked), ends[at])):
                    picked[many] = row
                    many += who_class[who[row]] & (np.uint8(2) | term_class[term[row]] | week_class[week[row]]) == 0
            else:
                for row in range(first_row, min(first_row + len(picked), ends[at])):
                    picked[many] = row
                    many += who_class[who[row]] | term_class[term[row]] | week_class[week[row]] == 0
            for pick in range(many):
                row = picked[pick]
                broken = who_bits[who[row]] | term_bits[term[row]] | week_bits[week[row]]
                flag = state[row]
                if flag == 1 or (flag == 2 and not is_counted):
                    continue
                chord, comes_home = np.float32(0.0), kind == ANYWHERE and is_home[who[row]]
                if is_placed and (kind != ANYWHERE or comes_home):
                    along, across, up = x[row] - place[0], y[row] - place[1], z[row] - place[2]
                    chord = along * along + across * across + up * up
                    if comes_home:
                        limit, limit_km = home_chords[row], home_km[row]
                    is_far = not chord <= limit
                    if abs(chord - limit) < edge or (is_far and not broken and chord < far_limit):
                        b = math.radians(latitude[row])
                        h = math.sin((b - south) / 2) ** 2 + math.cos(south) * math.cos(b) * math.sin(math.radians(longitude[row] - near[1]) / 2) ** 2
                        km = 2 * earth_km * math.asin(min(1.0, math.sqrt(h)))
                        is_far = not km <= limit_km
                    if is_far and broken and not comes_home:
                        continue
                    if is_far:
                        broken |= away if comes_home else distance
                is_one = broken & (broken - one) == nothing
                if broken == distance and is_counted and flag == 0 and chord < far_limit and free[row] != 0 and until[row] >= today and 0 < km - limit_km <= further_km:
                    further[beyond] = km - limit_km
                    beyond += 1
                if is_one and until[row] < today and (broken != distance or chord < far_limit):
                    doubtful[open_, 0] = row
                    doubtful[open_, 1] = broken
                    open_ += 1
                    continue
                if is_one and free[row] == 0:
                    broken |= full
                if flag == 2:
                    broken |= one
                if broken & ~past == nothing:
                    rows[found] = row
                    bits[found] = broken
                    found += 1
                if is_counted:
                    first = first_of[((broken & (~broken + one)) * np.uint64(0x077CB531) & np.uint64(0xFFFFFFFF)) >> np.uint64(27)]
                    if flag == 0 and broken & before == nothing:
                        counts[far] -= 1
                        if broken:
                            counts[first] += 1
                    if broken and broken & (broken - one) == nothing:
                        opens[first] += 1
    return found, beyond, open_


@compiled
def weigh(
    rows: Array, doc_starts: Array, doc_terms: Array, doc_impacts: Array, hook: Array, hook_starts: Array, entries: Array, entry_likes: Array,
    keys: Array, key_likes: Array, read_weights: Array, set_starts: Array, phrase_starts: Array, phrase_units: Array, phrase_shares: Array, loudness: Array, likes: Array, best: Array, told: Array,
) -> None:
    """How loudly what was said speaks in each of some rows. Of a row, its words are gone through once.

    `hook`: of each term the number of its entries in `hook_starts`, or -1. An entry is a unit for which the term stands, as which word of which
    expression (`keys`: unit and length; -1 where it stands alone); `entry_likes`, `key_likes`: how well, in the head and in the body, and what its
    impact counts. A term of `doc_terms` is doubled, and odd where it stands in the head. Phrases lie in sets (`set_starts`: for, against, what worked, what
    did not), each a weighted sum of units. Fills, a row each: `likes` and `best` of each set (how loudly, and the phrase of the set that does, -1
    where the set is empty), and `told`, BM25 of everything.
    """
    units, many, longest = len(read_weights), len(keys), 1
    for key in range(many):
        longest = max(longest, keys[key, 1])
    like, impact = np.zeros(units, np.float32), np.zeros(units, np.float32)
    held, in_head, slots = np.zeros(many, np.int64), np.zeros(many, np.bool_), np.zeros((many, longest), np.float32)
    one, a_little, nothing = np.float32(1.0), np.float32(0.2), np.float32(0.0)
    for at in range(len(rows)):
        row = rows[at]
        like[:] = nothing
        impact[:] = nothing
        touched = False
        for place in range(doc_starts[row], doc_starts[row + 1]):
            coded = doc_terms[place]
            hooked = hook[coded >> 1]
            if hooked < 0:
                continue
            is_head = coded & 1
            for entry in range(hook_starts[hooked], hook_starts[hooked + 1]):
                key = entries[entry, 2]
                if key >= 0:
                    if not touched:
                        held[:] = 0
                        in_head[:] = True
                        touched = True
                    held[key] += 1
                    slots[key, entries[entry, 1]] = doc_impacts[place]
                    in_head[key] = in_head[key] and is_head == 1
                    continue
                unit = entries[entry, 0]
                like[unit] = max(like[unit], entry_likes[entry, 0] if is_head == 1 else entry_likes[entry, 1])
                impact[unit] = max(impact[unit], doc_impacts[place] * entry_likes[entry, 2])
        if touched:
            for key in range(many):
                if held[key] == keys[key, 1]:
                    total = slots[key, 0]
                    for slot in range(1, keys[key, 1]):
                        total += slots[key, slot]
                    total /= np.float32(keys[key, 1])
                    unit = keys[key, 0]
                    like[unit] = max(like[unit], key_likes[key, 0] if in_head[key] else key_likes[key, 1])
                    impact[unit] = max(impact[unit], total * key_likes[key, 2])
        sum_ = 0.0
        for unit in range(units):
            sum_ += impact[unit] * read_weights[unit]
        told[at] = np.float32(sum_)
        for group in range(len(set_starts) - 1):
            first, second, loudest = -one, nothing, -1
            for phrase in range(set_starts[group], set_starts[group + 1]):
                value = nothing
                for place in range(phrase_starts[phrase], phrase_starts[phrase + 1]):
                    value += phrase_shares[place] * like[phrase_units[place]]
                value = min(value, one) * loudness[phrase]
                if value > first:
                    if loudest >= 0:
                        second = max(second, first)
                    first, loudest = value, phrase - set_starts[group]
                else:
                    second = max(second, value)
            if set_starts[group + 1] - set_starts[group] > 1:
                first = min(one, first + a_little * second)
            likes[group, at] = first if loudest >= 0 else nothing
            best[group, at] = loudest


@compiled_in_any_order
def compare(rows: Array, texts: Array, said: Array, text: Array, about: Array) -> None:
    """How near what is written in each row comes to all that was said (the first line of `said`), and to the nearest of the needs (the others, each times
    what it counts); 0 to 1. `said` is divided by the steps of `texts`."""
    one, nothing = np.float32(1.0), np.float32(0.0)
    for at in range(len(rows)):
        written = texts[rows[at]]
        nearest = nothing
        for line in range(len(said)):
            compared, alike = said[line], nothing
            for step in range(len(written)):
                alike += np.float32(written[step]) * compared[step]
            alike = min(one, max(nothing, alike))
            if line == 0:
                text[at] = alike
            else:
                nearest = max(nearest, alike)
        about[at] = nearest


@compiled
def add_up(
    rows: Array, needs: Array, need_count: Array, latitude: Array, longitude: Array, who: Array, term: Array, tags: Array, kind: Array,
    confirmed: Array, situation: Array, meant: Array, codes: Array, of_codes: Array, likes: Array, best: Array, told: Array, overlap: Array,
    tag_likes: Array, text: Array, about: Array, is_anywhere: Array, is_made_for: Array, peers: Array, quiet: Array, small: Array, languages: Array,
    is_paid: Array, is_programme: Array, apart: Array, strange: Array, set_aside: Array, weights: Array, near: Array, sizes: Array, scores: Array, parts: Array,
    distances: Array, interests: Array, dislikes: Array,
) -> None:
    """The parts of each row's score in the order of scoring.PARTS, and their sum by `weights`.

    `codes`: the bit of each need and those of its kin; `of_codes`: what it counts, and the whole. `near`: the child's latitude and longitude in
    degrees, the reach that nearness falls with, the Earth's radius, KIN_NEEDS, EVEN. `sizes`: today (ordinal), FRESH_DAYS, NO_DATE, whether calm counts, whether it is known
    where the child is. `text`, `about`: as `compare` has them.
    """
    one, nothing = np.float32(1.0), np.float32(0.0)
    kin_counts, even = np.float32(near[4]), np.float32(near[5])
    today, fresh_days, no_date = sizes[0], sizes[1], sizes[2]
    south = math.radians(near[0])
    wanted = np.uint32(0)
    for code in range(len(codes)):
        wanted |= codes[code, 0]
    for at in range(len(rows)):
        row = rows[at]
        offered = needs[row]
        answered = nothing
        for code in range(len(codes)):
            if offered & codes[code, 0]:
                answered += of_codes[code] * one
            elif offered & codes[code, 1]:
                answered += of_codes[code] * kin_counts
        both = offered & wanted
        many = 0
        while both:
            both &= both - np.uint32(1)
            many += 1
        focus = np.float32(many) / max(need_count[row], one)
        met = answered / of_codes[len(codes)] * (np.float32(0.9) + np.float32(0.1) * focus)
        kind_of = who[row]
        if sizes[4]:
            b = math.radians(latitude[row])
            h = math.sin((b - south) / 2) ** 2 + math.cos(south) * math.cos(b) * math.sin(math.radians(longitude[row] - near[1]) / 2) ** 2
            km = 2 * near[3] * math.asin(min(1.0, math.sqrt(h))) if h == h else np.nan
        else:
            km = np.nan
        distances[at] = km
        tag, like = -1, np.float32(-1.0)
        for slot in range(tags.shape[1]):
            found = tag_likes[tags[row, slot]]
            if found > like:
                like, tag = found, tags[row, slot]
        interests[at] = tag if like > nothing else -1
        no, dislike = likes[1, at], best[1, at]
        if no < np.float32(0.5) or (dislike >= 0 and best[0, at] >= 0 and overlap[best[0, at], dislike]):
            no *= np.float32(0.3)
            dislike = -1
        dislikes[at] = dislike
        is_for = is_made_for[kind_of]
        stranger = np.float64(strange[meant[row]] * max(nothing, one - np.float32(1.5) * met))
        nearness = math.exp(-km / near[2])
        age = max(0, today - confirmed[row])
        parts[0, at] = met
        parts[1, at] = likes[0, at]
        parts[2, at] = told[at] / (told[at] + even)
        parts[3, at] = like
        parts[4, at] = text[at]
        parts[5, at] = 0.0 if is_for else stranger
        parts[6, at] = apart[situation[row]]
        parts[7, at] = 1.0 if is_for else 0.0
        parts[8, at] = likes[2, at]
        parts[9, at] = np.float32(0.6) if is_anywhere[kind_of] else np.float32(nearness if nearness == nearness else 0.0)
        parts[10, at] = peers[kind_of]
        parts[11, at] = np.float32(small[term[row]] + quiet[kind_of]) if sizes[3] else 0.0
        parts[12, at] = languages[term[row]]
        parts[13, at] = 0.0 if is_paid[term[row]] else (0.8 if is_programme[kind[row]] else 1.0)
        parts[14, at] = np.float32(max(0.0, 1 - age / (2 * fresh_days))) if confirmed[row] != no_date else 0.0
        parts[15, at] = no
        parts[16, at] = likes[3, at]
        parts[17, at] = set_aside[at] if len(set_aside) else 0.0
        parts[18, at] = about[at]
        total = 0.0
        for part in range(19):
            total += parts[part, at] * weights[part]
        scores[at] = total
