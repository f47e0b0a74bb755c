"""The map: outlines, lines and pins turned into plain SVG numbers. Pure once the outlines are read."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

Point = tuple[float, float]

# Names worth reading on the ground, drawn where no pin is in the way (longitude, latitude).
PLACES = (
    ("Shepherd’s Bush", -0.2237, 51.5046), ("Acton", -0.2675, 51.5080), ("Hammersmith", -0.2240, 51.4927),
    ("Ladbroke Grove", -0.2090, 51.5172), ("Harlesden", -0.2480, 51.5365), ("Ealing", -0.3020, 51.5150),
    ("Chiswick", -0.2680, 51.4920), ("Willesden", -0.2330, 51.5480), ("Notting Hill", -0.1970, 51.5090),
    ("Kensington", -0.1920, 51.5000), ("East Acton", -0.2480, 51.5168), ("Park Royal", -0.2840, 51.5270),
    ("Hanwell", -0.3380, 51.5090), ("Brentford", -0.3090, 51.4860), ("Fulham", -0.2010, 51.4800),
    ("Kensal Green", -0.2250, 51.5305), ("Westminster", -0.1357, 51.4975), ("Camden Town", -0.1426, 51.5390),
    ("Hackney", -0.0553, 51.5450), ("Brixton", -0.1145, 51.4613), ("Greenwich", -0.0098, 51.4826),
)  # fmt: skip
MILE_KM = 1.609344
DRAWINGS = 128
"""Pictures of the ground that are remembered: drawing one takes longer than all the rest of a page of results."""
STEP = 24
"""Pixels: pictures differ in where their middle is by whole steps, and in scale by quarters of a doubling, so that most are drawn already."""


class Outlines:
    """Borough outlines and tube lines from static/dist/map.json, read at first use and projected as asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: Mapping[str, Any] | None = None
        self._ground = lru_cache(DRAWINGS)(self._drawn)

    def data(self) -> Mapping[str, Any]:
        if self._read is None:
            self._read = json.loads(self.path.read_text(encoding="utf-8"))
        return self._read

    def view(
        self,
        points: Sequence[Mapping[str, Any]],
        width: int = 360,
        height: int = 300,
        areas: Sequence[Mapping[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """Everything the map macro draws, for points with `lat` and `lon`.

        `areas` (name, rings of (lon, lat)) replaces the built-in outlines, for Zones whose administrator loaded
        boundaries. `known_ground` is False where there is neither: pins, ring and scale then stand on plain ground.
        """
        frame = _Frame(points, width, height)
        shapes, lines = self._ground(frame) if areas is None else (frame.areas(areas), {})
        pins = _apart([{**p, "x": xy[0], "y": xy[1]} for p in points for xy in [frame.xy(p["lon"], p["lat"])]])
        km = next((k for k in (50, 20, 10, 5, 2, 1, 0.5, 0.2) if k * frame.scale < width * 0.45), 0.1)
        return {
            "w": width,
            "h": height,
            "areas": shapes,
            "lines": lines,
            "pins": pins,
            "places": frame.names(pins) if shapes and areas is None else [],
            "known_ground": bool(shapes),
            "credit": self.data()["credit"] if shapes and areas is None else "",
            "scale_px": round(km * frame.scale, 1),
            "scale_label": f"{km:g} km" if km >= 1 else f"{km * 1000:g} m",
            "lat": frame.lat,
            "lon": frame.lon,
            "px_per_lat": round(frame.ky * frame.scale, 3),
            "px_per_lon": round(frame.kx * frame.scale, 3),
            "mile_px": round(MILE_KM * frame.scale, 1),
        }

    def _drawn(self, frame: _Frame) -> tuple[list[str], dict[str, str]]:
        """The built-in outlines and lines in one picture."""
        shapes = frame.areas(self.data()["areas"])
        lines: dict[str, str] = {}
        for line in self.data()["lines"] if shapes else ():
            drawn = "".join(_path(run) for run in frame.clip([frame.xy(*p) for p in line["points"]]))
            if drawn:
                lines[_slug(line["name"])] = lines.get(_slug(line["name"]), "") + drawn
        return shapes, lines


class _Frame:
    """A flat picture around some points: kilometres to pixels, north up."""

    def __init__(self, points: Sequence[Mapping[str, Any]], width: int, height: int, pad: int = 46) -> None:
        lats, lons = [p["lat"] for p in points], [p["lon"] for p in points]
        self.width, self.height = width, height
        lat, lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
        self.ky = 110.57
        span_x = max((max(lons) - min(lons)) * 111.32 * math.cos(math.radians(lat)), 1.76)
        span_y = max((max(lats) - min(lats)) * self.ky, 1.32)
        scale = min((width - 2 * pad) / span_x, (height - 2 * pad) / span_y)
        self.scale: float = 2 ** (math.floor(4 * math.log2(scale)) / 4)
        self.lat = _to_step(lat, STEP / (self.ky * self.scale))
        self.kx = 111.32 * math.cos(math.radians(self.lat))
        self.lon = _to_step(lon, STEP / (self.kx * self.scale))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frame) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))

    def xy(self, lon: float, lat: float) -> Point:
        return (
            round((lon - self.lon) * self.kx * self.scale + self.width / 2, 1),
            round((self.lat - lat) * self.ky * self.scale + self.height / 2, 1),
        )

    def areas(self, ground: Sequence[Mapping[str, Any]]) -> list[str]:
        return [shape for area in ground for ring in area["rings"] if (shape := self.area(ring))]

    def area(self, ring: Sequence[Sequence[float]]) -> str:
        """A closed outline, or nothing where it stays outside the picture."""
        drawn = [self.xy(p[0], p[1]) for p in ring]
        xs, ys = [p[0] for p in drawn], [p[1] for p in drawn]
        if max(xs) < 0 or min(xs) > self.width or max(ys) < 0 or min(ys) > self.height:
            return ""
        return _path(_clip_area(drawn, self.width, self.height), close=True)

    def clip(self, points: Sequence[Point], margin: int = 24) -> Iterator[list[Point]]:
        """The runs of a line that come near the picture."""
        run: list[Point] = []
        before: Point | None = None
        for point in points:
            if -margin < point[0] < self.width + margin and -margin < point[1] < self.height + margin:
                if not run and before:
                    run.append(before)
                run.append(point)
            elif run:
                yield [*run, point]
                run = []
            before = point
        if len(run) > 1:
            yield run

    def names(self, pins: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int]]:
        out = []
        for name, lon, lat in PLACES:
            x, y = self.xy(lon, lat)
            half = len(name) * 3
            inside = half + 4 < x < self.width - half - 4 and 14 < y < self.height - 26
            if inside and all(abs(p["x"] - x) > half + 13 or abs(p["y"] - y + 4) > 20 for p in pins):
                out.append((name, round(x), round(y)))
        return out


def _clip_area(points: Sequence[Point], width: float, height: float, margin: float = 30) -> list[Point]:
    """Sutherland and Hodgman: the part of an outline within the picture and a margin, so that little is sent."""
    out = list(points)
    edges = ((0, -margin, 1), (0, width + margin, -1), (1, -margin, 1), (1, height + margin, -1))
    for axis, limit, sign in edges:
        points, out = out, []
        for a, b in zip([points[-1], *points[:-1]] if points else [], points, strict=True):
            a_in, b_in = (a[axis] - limit) * sign >= 0, (b[axis] - limit) * sign >= 0
            if a_in != b_in:
                t = (limit - a[axis]) / (b[axis] - a[axis])
                out.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
            if b_in:
                out.append(b)
    return out


def _path(points: Sequence[Point], close: bool = False) -> str:
    """Whole pixels, relative moves, repeats dropped: about a third of the bytes."""
    out: list[str] = []
    at: tuple[int, int] | None = None
    for x, y in ((round(x), round(y)) for x, y in points):
        if at is None:
            out.append(f"M{x} {y}")
        elif (x, y) != at:
            out.append(f"l{x - at[0]} {y - at[1]}")
        at = (x, y)
    return "".join(out).replace(" -", "-") + ("z" if close and out else "")


def _apart(pins: list[dict[str, Any]], gap: float = 26) -> list[dict[str, Any]]:
    """Nudge any two pins closer than `gap` pixels, so that each can be read and pressed."""
    xs, ys, many = [float(pin["x"]) for pin in pins], [float(pin["y"]) for pin in pins], len(pins)
    stirred = [True] * many  # in the round before; two that stood still then are still apart
    for _ in range(40):
        moved = [False] * many
        for i in range(many):
            for j in range(i + 1, many):
                if not (stirred[i] or stirred[j] or moved[i] or moved[j]):
                    continue
                dx, dy = xs[j] - xs[i], ys[j] - ys[i]
                if dx >= gap or dx <= -gap or dy >= gap or dy <= -gap or (apart := math.hypot(dx, dy)) >= gap:
                    continue
                ux, uy = (dx / apart, dy / apart) if apart else (1.0, 0.0)
                move = (gap - apart) / 2
                xs[i], ys[i] = round(xs[i] - ux * move, 1), round(ys[i] - uy * move, 1)
                xs[j], ys[j] = round(xs[j] + ux * move, 1), round(ys[j] + uy * move, 1)
                moved[i] = moved[j] = True
        if not any(moved):
            break
        stirred = moved
    return [{**pin, "x": x, "y": y} for pin, x, y in zip(pins, xs, ys, strict=True)]


def _to_step(value: float, step: float) -> float:
    return round(value / step) * step


def _slug(name: str) -> str:
    return name.lower().replace(" & ", "-").replace(" ", "-")
