"""The column ``test``: every form, every way to get it wrong, and text that means harm."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.case import predicates
from overflight.case.predicate_text import parse_all
from overflight.errors import CaseError

T0, T1 = datetime(2023, 2, 1, tzinfo=UTC), datetime(2023, 2, 2, tzinfo=UTC)
W = "2023-02-01T00:00Z..2023-02-02T00:00Z"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (f"over US-MT during {W}", predicates.InZone("US-MT", T0, T1)),
        (f"did not fly over US-MT during {W}", predicates.NeverInZone("US-MT", T0, T1)),
        (f"loitered within 100 km for 12 h during {W}",
         predicates.Loitered(1e5, 43_200.0, T0, T1)),
        (f"loitered in US-MT for 90 min during {W}",
         predicates.LoiteredIn("US-MT", 5_400.0, T0, T1)),
        (f"visible from 45.78,-108.5 above 7.5 deg during {W}",
         predicates.Visible(45.78, -108.5, 7.5, T0, T1)),
        (f"could be seen by Mt. X during {W}", predicates.CouldBeSeen("Mt. X", T0, T1)),
        (f'seen by "Mt. X (north); east" during {W}',
         predicates.CouldBeSeen("Mt. X (north); east", T0, T1)),
        ("launched near 19.2,110 within 300 km", predicates.LaunchedNear(19.2, 110.0, 3e5)),
        ("size 10 m..20 m", predicates.Size(10.0, 20.0)),
        ("mass 1 t..2,000 kg", predicates.Mass(1_000.0, 2_000.0)),
        ("payload 500 kg..1 t", predicates.Payload(500.0, 1_000.0)),
        ("steered by altitude", predicates.Moved("steered by altitude")),
        ("not (propelled)", predicates.Not((predicates.Moved("propelled"),))),
        ("not (US before CA ; not (CA before US))",
         predicates.Not((predicates.Before("US", "CA"),
                         predicates.Not((predicates.Before("CA", "US"),))))),
    ],
)  # fmt: skip
def test_every_form_means_what_it_says(text, meant):
    assert parse_all(text) == (meant,)


@pytest.mark.parametrize(
    ("text", "words", "character"),
    [
        ("US before CA ; nonsense", "is not a test", 16),
        (f"loitered within 100 for 12 h during {W}", "no unit", 17),
        (f"loitered within 100 km for 30 h during {W}", "a window that is shorter", 28),
        (f"loitered within 100 km for 0 h during {W}", "no extent", 1),
        (f"US before CA ; visible from 91,0 above 5 deg during {W}", "beyond a pole", 29),
        (f"visible from 45,0 above 90 deg during {W}", "the elevation", 25),
        (f"visible from 45,0 above 1.2.3 deg during {W}", "the elevation", 25),
        ("could be seen by Billings", "without a window", 1),
        ("size 20 m..10 m", "ends before it begins", 1),
        ("size 0 m..10 m", "no extent", 6),
        ("mass 10 km..20 kg", "is in km", 6),
        ("not (US before CA", "parentheses", 1),
        ("not (US before CA))", "parentheses", 19),
        ("not ()", "is not a test", 6),
        ("not (drifted ; US before CA)", "together with something else", None),
        ("drifted ; propelled", "together with something else", None),
        ("not (" * 9 + "drifted" + ")" * 9, "parentheses", None),
        ("launched near 19,110", "is not a test", 1),
    ],
)
def test_a_mistake_is_told_with_its_place(text, words, character):
    with pytest.raises(CaseError) as caught:
        parse_all(text)
    assert words in caught.value.found
    assert caught.value.expected
    assert caught.value.remedy
    if character is not None:
        assert f"(character {character})" in caught.value.found


HOSTILE = st.text(
    alphabet="not ();\"'.,..US-MTduring within 0123456789Zkm<>&\u202e\x00=+@", max_size=80
)


@given(HOSTILE)
def test_any_text_is_read_or_refused_in_words(text):
    """Hostile input: nothing but a CaseError comes out, and what is read names no markup."""
    said = ""
    try:
        parse_all(text)
    except CaseError as error:
        said = str(error)
    assert len(said) < 600


def test_deep_or_long_text_is_refused_at_once():
    for text in ("not (" * 400, "(" * 1_999, "a;" * 999, "x" * 5_000, "seen by " + "a " * 900):
        with pytest.raises(CaseError):
            parse_all(text)
