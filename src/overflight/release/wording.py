"""Numbers as people read them: probability words, times no sharper than they are, two units.

Probability words follow the US intelligence community's scale (ICD 203, 2015): one row of words,
never without the number, never sharper than 1 or 99 %.
"""

from datetime import UTC, datetime, timedelta

from overflight.physics.sphere import wrapped_deg
from overflight.release.language import mark, tell
from overflight.units import express

_WORDS = (
    (0.05, mark("almost no chance")),
    (0.20, mark("very unlikely")),
    (0.45, mark("unlikely")),
    (0.55, mark("roughly even")),
    (0.80, mark("likely")),
    (0.95, mark("very likely")),
)
_SURE = mark("almost certain")

COARSE_S = 6 * 3_600.0  # beyond this 5-95 % width a time is told by the hour (method 7)


def percent(fraction: float) -> str:
    """A probability in per cent, never sharper than 1 or 99 %.

    >>> percent(0.004), percent(0.5), percent(0.9973)
    ('< 1 %', '50 %', '> 99 %')
    """
    if fraction < 0.01:
        return "< 1 %"
    if fraction > 0.99:
        return "> 99 %"
    return f"{100.0 * fraction:.0f} %"


def word(fraction: float) -> str:
    """The ICD 203 word; bins are half open, a value on an edge belongs to the upper bin.

    >>> word(0.55), word(0.5499), word(0.95)
    ('likely', 'roughly even', 'almost certain')
    """
    return tell(next((text for edge, text in _WORDS if fraction < edge), _SURE))


def probable(fraction: float) -> str:
    """Word and number together, as they must always stand.

    >>> probable(0.64)
    'likely (64 %)'
    """
    return f"{word(fraction)} ({percent(fraction)})"


def moment(epoch: datetime, time_s: float, width_s: float = 0.0) -> str:
    """A time in UTC, no sharper than its 5 to 95 % width allows.

    Minutes below half an hour of width, quarter hours below six, hours below two days, then days.

    >>> start = datetime(2023, 2, 1, tzinfo=UTC)
    >>> moment(start, 3_660.0), moment(start, 3_660.0, 7_200.0), moment(start, 3_660.0, 50_000.0)
    ('1 Feb 01:01Z', '1 Feb 01:00Z', '1 Feb, about 01Z')
    """
    at = epoch.astimezone(UTC) + timedelta(seconds=time_s)
    if width_s >= 2 * 86_400.0:
        return tell("{day} {at:%b}", day=at.day, at=at)
    if width_s >= COARSE_S:
        at = _rounded(at, 3_600.0)
        return tell("{day} {at:%b}, about {at:%H}Z", day=at.day, at=at)
    at = _rounded(at, 900.0 if width_s >= 1_800.0 else 60.0)
    return tell("{day} {at:%b} {at:%H:%M}Z", day=at.day, at=at)


def _rounded(at: datetime, step_s: float) -> datetime:
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(seconds=round((at - day).total_seconds() / step_s) * step_s)


def duration(time_s: float, width_s: float = 0.0) -> str:
    """A length of time in the unit that suits it; no minutes where its width is hours.

    >>> duration(1_500.0), duration(16_000.0), duration(400_000.0)
    ('25 min', '4.4 h', '4.6 d')
    >>> duration(1_500.0, 30_000.0), duration(16_000.0, 30_000.0)
    ('under 1 h', '4 h')
    """
    if width_s >= COARSE_S and time_s < 48 * 3_600.0:
        return f"{time_s / 3_600.0:.0f} h" if time_s >= 3_600.0 else tell("under 1 h")
    if time_s < 5_400.0:
        return f"{time_s / 60.0:.0f} min"
    if time_s < 48 * 3_600.0:
        return tell("{time:.1f} h", time=time_s / 3_600.0)
    return tell("{time:.1f} d", time=time_s / 86_400.0)


def height(height_m: float) -> str:
    """Kilometres and feet.

    >>> height(18_288.0)
    '18.3 km (60,000 ft)'
    """
    feet = round(express(height_m, "m", "ft") / 100.0) * 100
    return tell("{height:.1f} km ({feet:,} ft)", height=height_m / 1_000.0, feet=feet)


def position(lat_deg: float, lon_deg: float, digits: int = 0) -> str:
    """Latitude and longitude with their sides.

    >>> position(48.2, -176.6), position(-3.25, 190.0, 1)
    ('48° N, 177° W', '3.2° S, 170.0° W')
    """
    lon = wrapped_deg(lon_deg)
    north = tell("N") if lat_deg >= 0 else tell("S")
    east = tell("E") if lon >= 0 else tell("W")
    return tell(
        f"{{lat:.{digits}f}}\u00b0 {{north}}, {{lon:.{digits}f}}\u00b0 {{east}}",
        lat=abs(lat_deg),
        north=north,
        lon=abs(lon),
        east=east,
    )


def mass(mass_kg: float) -> str:
    """Kilograms and pounds to two significant figures or so; grams and ounces of what is light.

    >>> mass(9_360.3), mass(3.5), mass(0.0234)
    ('9,400 kg (21,000 lb)', '3.5 kg (7.7 lb)', '23 g (0.83 oz)')
    """
    if abs(mass_kg) < 1.0:
        return tell(
            "{grams:.2g} g ({ounces:.2g} oz)",
            grams=1e3 * mass_kg,
            ounces=16.0 * express(mass_kg, "kg", "lb"),
        )
    if abs(mass_kg) < 10.0:
        return tell(
            "{mass:.2g} kg ({pounds:.2g} lb)", mass=mass_kg, pounds=express(mass_kg, "kg", "lb")
        )
    return tell(
        "{kg:,} kg ({pounds:,} lb)",
        kg=_round(mass_kg),
        pounds=_round(express(mass_kg, "kg", "lb")),
    )


def _round(value: float) -> int:
    return int(float(f"{value:.2g}"))
