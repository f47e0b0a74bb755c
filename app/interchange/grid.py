"""Eastings and northings of the National Grid to degrees of WGS 84, good to about five metres.

The method and constants are those of Ordnance Survey's "A guide to coordinate systems in Great Britain", annexes B and C:
the inverse transverse Mercator projection on the Airy 1830 ellipsoid, then a seven-parameter Helmert shift.
"""

from __future__ import annotations

from math import atan2, cos, degrees, hypot, radians, sin, sqrt, tan

AIRY = (6377563.396, 6356256.909)
WGS84 = (6378137.0, 6356752.314245)
SCALE = 0.9996012717
ORIGIN = (radians(49), radians(-2))
FALSE_EAST, FALSE_NORTH = 400_000.0, -100_000.0
SHIFT = (446.448, -125.157, 542.060)  # metres
TURN = tuple(radians(seconds / 3600) for seconds in (0.1502, 0.2470, 0.8421))
GROW = -20.4894e-6


def to_degrees(easting: float, northing: float) -> tuple[float, float]:
    """(latitude, longitude), rounded to six places."""
    lat, lon = _shifted(*_unprojected(easting, northing))
    return round(degrees(lat), 6), round(degrees(lon), 6)


def is_on_grid(easting: float, northing: float) -> bool:
    return 0 <= easting <= 700_000 and 0 <= northing <= 1_300_000


def apart_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The straight line between two (latitude, longitude), good enough within Britain."""
    north = (one[0] - other[0]) * 111.2
    return hypot(north, (one[1] - other[1]) * 111.2 * cos(radians((one[0] + other[0]) / 2)))


def _unprojected(easting: float, northing: float) -> tuple[float, float]:
    a, b = AIRY[0] * SCALE, AIRY[1] * SCALE
    e2 = 1 - (b / a) ** 2
    n = (a - b) / (a + b)
    lat = ORIGIN[0] + (northing - FALSE_NORTH) / a
    while abs(rest := northing - FALSE_NORTH - _meridian(b, n, lat)) >= 1e-5:
        lat += rest / a
    nu = a / sqrt(1 - e2 * sin(lat) ** 2)
    rho = a * (1 - e2) / (1 - e2 * sin(lat) ** 2) ** 1.5
    eta2 = nu / rho - 1
    t, c = tan(lat), 1 / cos(lat)
    x = easting - FALSE_EAST
    out_lat = (
        lat - t / (2 * rho * nu) * x**2
        + t / (24 * rho * nu**3) * (5 + 3 * t**2 + eta2 - 9 * t**2 * eta2) * x**4
        - t / (720 * rho * nu**5) * (61 + 90 * t**2 + 45 * t**4) * x**6
    )
    out_lon = (
        ORIGIN[1] + c / nu * x
        - c / (6 * nu**3) * (nu / rho + 2 * t**2) * x**3
        + c / (120 * nu**5) * (5 + 28 * t**2 + 24 * t**4) * x**5
        - c / (5040 * nu**7) * (61 + 662 * t**2 + 1320 * t**4 + 720 * t**6) * x**7
    )
    return out_lat, out_lon


def _meridian(b: float, n: float, lat: float) -> float:
    """The developed arc from the origin's parallel to `lat`."""
    down, up = lat - ORIGIN[0], lat + ORIGIN[0]
    return b * (
        (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * down
        - (3 * n + 3 * n**2 + 21 / 8 * n**3) * sin(down) * cos(up)
        + (15 / 8 * n**2 + 15 / 8 * n**3) * sin(2 * down) * cos(2 * up)
        - 35 / 24 * n**3 * sin(3 * down) * cos(3 * up)
    )


def _shifted(lat: float, lon: float) -> tuple[float, float]:
    a, b = AIRY
    e2 = 1 - (b / a) ** 2
    nu = a / sqrt(1 - e2 * sin(lat) ** 2)
    x, y, z = nu * cos(lat) * cos(lon), nu * cos(lat) * sin(lon), nu * (1 - e2) * sin(lat)
    tx, ty, tz = SHIFT
    rx, ry, rz = TURN
    k = 1 + GROW
    x, y, z = tx + k * x - rz * y + ry * z, ty + rz * x + k * y - rx * z, tz - ry * x + rx * y + k * z
    a, b = WGS84
    e2 = 1 - (b / a) ** 2
    flat = hypot(x, y)
    out = atan2(z, flat * (1 - e2))
    for _ in range(6):
        nu = a / sqrt(1 - e2 * sin(out) ** 2)
        out = atan2(z + e2 * nu * sin(out), flat)
    return out, atan2(y, x)
