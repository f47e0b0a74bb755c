"""The loops of a search over a snapshot's arrays, compiled (`compiled`). Offerings are numbers from 0; a set of them is a row of words
of 64 bits, the first offering in the lowest bit of the first word.

A query comes as `numbers` (of terms; -1 - n is the n-th of the postings that came from elsewhere, `more_`), each with its weight, those of
one group behind each other, lightest first, up to `ends` of the group; `flags` say what a group is for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.catalogue.search.filters import EARTH_KM
from app.catalogue.search.lexicon import SAME
from app.catalogue.search.scoring import ADJACENT, ALL, ANSWERS, SATURATION, STEPS
from app.shared.compiled import compiled

Array = NDArray[Any]
SOUGHT, REQUIRED, COUNTED = 1, 2, 4
"""A group finds offerings; all that answer everything answer it; so do those that stand above the rest. The first two are of the first
few groups only, as for the database."""
SPARSE = 24
"""Where fewer than one in this many of a posting's offerings are wanted, they are looked up one by one."""
_ONE, _TWO, _FOUR, _LAST = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
_PAIRS, _NIBBLES, _BYTES, _SUM = (np.uint64(n) for n in (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F, 0x0101010101010101))
"""To count the bits of a word: the compiler knows the pattern and makes one instruction of it."""


@compiled
def find(
    starts: Array, docs: Array, more_starts: Array, more_docs: Array, numbers: Array, weights: Array, ends: Array, flags: Array, alive: Array
) -> tuple[Array, Array]:
    """Of those alive, three sets: who holds something of any group that finds, of every required group, of each of these by a word that
    answers it; and how many each has."""
    size = len(alive)
    sets, held = np.zeros((3, size), np.uint64), np.zeros((2, size), np.uint64)
    totals = np.zeros(3, np.int64)
    is_first = True
    first = 0
    for group in range(len(ends)):
        last = ends[group]
        if flags[group] & (SOUGHT | REQUIRED):
            held[:] = 0
            for k in range(first, last):
                number = numbers[k]
                source = docs if number >= 0 else more_docs
                begin = starts[number] if number >= 0 else more_starts[-1 - number]
                end = starts[number + 1] if number >= 0 else more_starts[-number]
                row = 1 if weights[k] >= ANSWERS else 0
                for j in range(begin, end):
                    doc = source[j]
                    held[row, doc >> 6] |= _ONE << np.uint64(doc & 63)
            for w in range(size):
                answers = held[1, w]
                anyhow = held[0, w] | answers
                if flags[group] & SOUGHT:
                    sets[0, w] |= anyhow
                if flags[group] & REQUIRED:
                    sets[1, w] = anyhow if is_first else sets[1, w] & anyhow
                    sets[2, w] = answers if is_first else sets[2, w] & answers
            if flags[group] & REQUIRED:
                is_first = False
        first = last
    for row in range(3):
        for w in range(size):
            x = sets[row, w] & alive[w]
            sets[row, w] = x
            x = x - ((x >> _ONE) & _PAIRS)
            x = (x & _NIBBLES) + ((x >> _TWO) & _NIBBLES)
            totals[row] += np.int64((((x + (x >> _FOUR)) & _BYTES) * _SUM) >> _LAST)
    return sets, totals


@compiled
def members(words: Array) -> Array:
    """The numbers of a set, in order."""
    total = np.int64(0)
    for w in range(len(words)):
        x = words[w]
        x = x - ((x >> _ONE) & _PAIRS)
        x = (x & _NIBBLES) + ((x >> _TWO) & _NIBBLES)
        total += np.int64((((x + (x >> _FOUR)) & _BYTES) * _SUM) >> _LAST)
    out = np.empty(total, np.uint32)
    at = 0
    for w in range(len(words)):
        left = words[w]
        while left:
            x = (left & (~left + _ONE)) - _ONE
            x = x - ((x >> _ONE) & _PAIRS)
            x = (x & _NIBBLES) + ((x >> _TWO) & _NIBBLES)
            out[at] = w * 64 + np.int64((((x + (x >> _FOUR)) & _BYTES) * _SUM) >> _LAST)
            at += 1
            left &= left - _ONE
    return out


@compiled
def weigh(
    starts: Array, docs: Array, impacts: Array, more_starts: Array, more_docs: Array, more_impacts: Array, numbers: Array, weights: Array,
    ends: Array, flags: Array, shares: Array, total: float, pair_starts: Array, pair_docs: Array, pairs: Array, wanted: Array, count: int,
) -> tuple[Array, Array]:
    """The `count` members of the set `wanted`, in order, and `scoring.Plan.scores` of each: the same numbers added up in the same order."""
    found, place = np.empty(count, np.uint32), np.empty(len(wanted), np.int64)
    at = 0
    for w in range(len(wanted)):
        place[w] = at
        left = wanted[w]
        while left:
            x = (left & (~left + _ONE)) - _ONE
            x = x - ((x >> _ONE) & _PAIRS)
            x = (x & _NIBBLES) + ((x >> _TWO) & _NIBBLES)
            found[at] = w * 64 + np.int64((((x + (x >> _FOUR)) & _BYTES) * _SUM) >> _LAST)
            at += 1
            left &= left - _ONE
    points, covered, beside = np.zeros(count), np.zeros(count), np.zeros(count)
    frequency, heaviest = np.empty(count), np.empty(count)
    answered = np.zeros(count, np.bool_)
    for group in range(len(ends)):
        if flags[group] & COUNTED:
            answered[:] = True
    first = 0
    for group in range(len(ends) + len(pairs)):
        is_pair = group >= len(ends)
        last = first + 1 if is_pair else ends[group]
        frequency[:] = 0.0
        heaviest[:] = 0.0
        for k in range(first, last):
            number = pairs[group - len(ends)] if is_pair else numbers[k]
            source = pair_docs if is_pair else docs if number >= 0 else more_docs
            counts = impacts if number >= 0 else more_impacts
            begin = pair_starts[number] if is_pair else starts[number] if number >= 0 else more_starts[-1 - number]
            end = pair_starts[number + 1] if is_pair else starts[number + 1] if number >= 0 else more_starts[-number]
            weight = 1.0 if is_pair else weights[k]
            each = weight * weight / STEPS
            if count * SPARSE < end - begin:
                low = begin
                for n in range(count):
                    high = end
                    while low < high:
                        middle = (low + high) >> 1
                        if source[middle] < found[n]:
                            low = middle + 1
                        else:
                            high = middle
                    if low < end and source[low] == found[n]:
                        heaviest[n] = weight
                        if not is_pair:
                            frequency[n] += counts[low] * each
            else:
                for j in range(begin, end):
                    doc = source[j]
                    word, bit = wanted[doc >> 6], _ONE << np.uint64(doc & 63)
                    if word & bit:
                        x = word & (bit - _ONE)
                        x = x - ((x >> _ONE) & _PAIRS)
                        x = (x & _NIBBLES) + ((x >> _TWO) & _NIBBLES)
                        n = place[doc >> 6] + np.int64((((x + (x >> _FOUR)) & _BYTES) * _SUM) >> _LAST)
                        heaviest[n] = weight
                        if not is_pair:
                            frequency[n] += counts[j] * each
        if is_pair:
            beside += heaviest
            continue
        share = shares[group]
        must = (flags[group] & COUNTED) != 0
        for n in range(count):
            most = heaviest[n]
            if must and most < ANSWERS:
                answered[n] = False
            if most > 0.0:
                often = frequency[n] / (most * most)
                points[n] += share * most * often / (SATURATION + often)
                covered[n] += share * min(1.0, most / SAME)
        first = last
    for n in range(count):
        if points[n] > 0.0:
            part = covered[n] / total
            worth = points[n] * (0.3 + 0.7 * (part * part)) + ADJACENT * beside[n]
            points[n] = np.rint((worth + ALL if answered[n] else worth) * 1e6) / 1e6
    return found, points


@compiled
def leading(
    found: Array, points: Array, most: int, is_ranked: bool, ranks: Array, latitude: Array, longitude: Array, here: float, there: float
) -> tuple[Array, Array, Array]:
    """The first `most` of `found` (few) with their points and kilometres from a place (in radians; infinite for what has none): most points
    first, then the nearest, then in order. `is_ranked`: equal ones by their rank instead, and nobody without points."""
    docs, worth, ties = np.empty(most, np.uint32), np.empty(most), np.empty(most)
    kept = 0
    for n in range(len(found)):
        value = points[n]
        if (kept == most and value < worth[most - 1]) or (is_ranked and value <= 0.0):
            continue
        doc = found[n]
        if is_ranked:
            tie = float(ranks[doc])
        else:
            up, along = np.radians(latitude[doc]), np.radians(longitude[doc])
            half = np.sin((up - here) / 2) ** 2 + np.cos(here) * np.cos(up) * np.sin((along - there) / 2) ** 2
            tie = np.inf if np.isnan(half) else 2 * EARTH_KM * np.arcsin(min(1.0, np.sqrt(half)))
        if kept == most:
            if value == worth[most - 1] and tie >= ties[most - 1]:
                continue
            at = most - 1
        else:
            at = kept
            kept += 1
        while at > 0 and (worth[at - 1] < value or (worth[at - 1] == value and ties[at - 1] > tie)):
            docs[at], worth[at], ties[at] = docs[at - 1], worth[at - 1], ties[at - 1]
            at -= 1
        docs[at], worth[at], ties[at] = doc, value, tie
    return docs[:kept], worth[:kept], ties[:kept]


@compiled
def both(one: Array, other: Array) -> tuple[Array, int]:
    """Who is in two sets, and how many."""
    out = np.empty(len(one), np.uint64)
    total = np.int64(0)
    for w in range(len(one)):
        x = one[w] & other[w]
        out[w] = x
        x = x - ((x >> _ONE) & _PAIRS)
        x = (x & _NIBBLES) + ((x >> _TWO) & _NIBBLES)
        total += np.int64((((x + (x >> _FOUR)) & _BYTES) * _SUM) >> _LAST)
    return out, int(total)


@compiled
def narrow(found: Array, passing: Array, allowed: Array, words: int) -> Array:
    """A set, of so many words, for each of `allowed`: those of `found` that fail no other filters (a bit each) than these. `passing` has
    a row for each filter."""
    out = np.zeros((len(allowed), words), np.uint64)
    for n in range(len(found)):
        failed = np.uint64(0)
        for name in range(len(passing)):
            if not passing[name, n]:
                failed |= _ONE << np.uint64(name)
        doc = found[n]
        for row in range(len(allowed)):
            if not failed & ~allowed[row]:
                out[row, doc >> 6] |= _ONE << np.uint64(doc & 63)
    return out


@compiled
def count(
    sets: Array, runs: Array, bits: Array, towns: int, town: Array, town_row: int, interests: int, liked: Array, liked_row: int, more_docs: Array,
    more_liked: Array, circles: Array, near_row: int, places: Array, places_row: int,
) -> tuple[Array, Array, Array]:
    """How many have each value. Of the values with a bit, of which `bits` has for each word of offerings a word for each: one run of them after
    another, `runs` says from which up to which, and over which of `sets` each is counted. Behind them how many are in each of `circles` (sets),
    and how many have a free place. Then by town, and by interest."""
    values = 0
    for run in range(len(runs)):
        values += runs[run, 1] - runs[run, 0]
    out = np.zeros(values + len(circles) + 1, np.int64)
    for w in range(len(bits)):
        some = sets[0, w]
        for row in range(1, len(sets)):
            some |= sets[row, w]
        if not some:
            continue
        begin = 0
        for run in range(len(runs)):
            mask = sets[runs[run, 2], w]
            held = bits[w, runs[run, 0] : runs[run, 1]]
            totals = out[begin : begin + len(held)]
            for n in range(len(held)):
                x = held[n] & mask
                x = x - ((x >> _ONE) & _PAIRS)
                x = (x & _NIBBLES) + ((x >> _TWO) & _NIBBLES)
                totals[n] += np.int64((((x + (x >> _FOUR)) & _BYTES) * _SUM) >> _LAST)
            begin += len(held)
    for at in range(len(circles) + 1):
        is_place = at == len(circles)
        row = places_row if is_place else near_row
        if row >= 0:
            circle = places if is_place else circles[at]
            total = np.int64(0)
            for w in range(len(circle)):
                x = sets[row, w] & circle[w]
                x = x - ((x >> _ONE) & _PAIRS)
                x = (x & _NIBBLES) + ((x >> _TWO) & _NIBBLES)
                total += np.int64((((x + (x >> _FOUR)) & _BYTES) * _SUM) >> _LAST)
            out[values + at] = total
    by_town, by_interest = np.zeros(towns, np.int64), np.zeros(interests, np.int64)
    for turn in range(1 if town_row == liked_row else 2):
        row = liked_row if turn else town_row
        of_town, of_interest = turn == 0, turn == 1 or town_row == liked_row
        for w in range(len(bits)):
            left = sets[row, w]
            while left:
                x = (left & (~left + _ONE)) - _ONE
                x = x - ((x >> _ONE) & _PAIRS)
                x = (x & _NIBBLES) + ((x >> _TWO) & _NIBBLES)
                doc = w * 64 + np.int64((((x + (x >> _FOUR)) & _BYTES) * _SUM) >> _LAST)
                if of_town:
                    by_town[town[doc]] += 1
                if of_interest:
                    for place in range(liked.shape[1]):
                        by_interest[liked[doc, place]] += 1
                left &= left - _ONE
    for n in range(len(more_docs)):
        doc = more_docs[n]
        if sets[liked_row, doc >> 6] & (_ONE << np.uint64(doc & 63)):
            by_interest[more_liked[n]] += 1
    return out, by_town, by_interest


@compiled
def largest(numbers: Array, most: int) -> Array:
    """The places of the `most` largest numbers (0: of all) and of all that are as large as the least of these, but of no nought; in order."""
    kept = np.zeros(max(1, most), np.int64)
    for n in range(len(numbers) if most else 0):
        value = numbers[n]
        if value > kept[0]:
            at = 0
            while at + 1 < most and kept[at + 1] < value:
                kept[at] = kept[at + 1]
                at += 1
            kept[at] = value
    out = np.empty(len(numbers), np.int64)
    total = 0
    for n in range(len(numbers)):
        if numbers[n] >= max(1, kept[0]):
            out[total] = n
            total += 1
    return out[:total]


@compiled
def apart(found: Array, where: Array, x: float, y: float, z: float) -> Array:
    """How far each of `found` is from there: the square of the way through a ball of radius 1."""
    out = np.empty(len(found))
    for n in range(len(found)):
        doc = found[n]
        a, b, c = where[doc, 0] - x, where[doc, 1] - y, where[doc, 2] - z
        out[n] = a * a + b * b + c * c
    return out


@compiled
def close(
    word: Array, sign: int, slips: int, firsts: Array, places: Array, signs: Array, letters: Array
) -> tuple[Array, Array]:
    """Which words are at most so many slips from this one (of at most 64 letters), and how many: optimal string alignment, a letter of the
    other word at a time and all of this one's at once, after Hyyro (2003). Words of n letters have the numbers from `firsts[n]` and
    their letters from `places[n]`; `signs` as in `letters`."""
    size = len(word)
    table = np.zeros(128, np.uint64)
    for n in range(size):
        if word[n] < 128:
            table[word[n]] |= _ONE << np.uint64(n)
    top = _ONE << np.uint64(size - 1)
    low, high = max(0, size - slips), min(len(firsts) - 2, size + slips)
    most = firsts[high + 1] - firsts[low] if high >= low else 0
    found, away = np.empty(most, np.int64), np.empty(most, np.int64)
    count = 0
    for length in range(low, high + 1):
        # Each slip changes two of the letters there are; one letter more or less only one.
        bound = 2 * slips - abs(length - size)
        for n in range(firsts[length], firsts[length + 1]):
            x = np.uint64(signs[n] ^ np.uint32(sign))
            x = x - ((x >> _ONE) & _PAIRS)
            x = (x & _NIBBLES) + ((x >> _TWO) & _NIBBLES)
            if np.int64((((x + (x >> _FOUR)) & _BYTES) * _SUM) >> _LAST) > bound:
                continue
            begin = places[length] + (n - firsts[length]) * length
            more, less, same, before = ~np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
            distance = size
            for at in range(begin, begin + length):
                letter = letters[at]
                here = np.uint64(0)
                if letter < 128:
                    here = table[letter]
                else:
                    for k in range(size):
                        if word[k] == letter:
                            here |= _ONE << np.uint64(k)
                turned = ((~same & here) << _ONE) & before
                same = (((here & more) + more) ^ more) | here | less | turned
                up, down = less | ~(same | more), same & more
                if up & top:
                    distance += 1
                if down & top:
                    distance -= 1
                up = (up << _ONE) | _ONE
                down = down << _ONE
                more, less = down | ~(same | up), up & same
                before = here
            if distance <= slips:
                found[count] = n
                away[count] = distance
                count += 1
    return found[:count], away[:count]
