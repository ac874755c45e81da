"""What every report says about itself: its method in short, and its words."""

from overflight.release.language import mark

METHODS = (
    mark(
        "The balloon is taken to have drifted: at each moment it moves with the wind at its"
        " height. A great number of such paths is computed, with winds, launch, float height"
        " and wind errors varied within what is known."
    ),
    mark(
        "Paths that agree with the sightings keep more weight, paths that disagree less (a"
        " guided particle filter). Every sighting may also be simply wrong, with a"
        " probability that follows from its source; so one bad report cannot bend the"
        " account."
    ),
    mark(
        "Wind errors are correlated in time and have the size stated by the winds themselves."
        " What cannot be computed from public evidence is not guessed: it is named."
    ),
    mark(
        "The lines on the map are paths drawn from the result, all equally probable. Their"
        " middle is the mean position of those in the air; it is a guide to the eye, not a"
        " path of its own."
    ),
)

ON_CARD = (
    "The paths were flown on a graphics card ({device}). A processor gives the same"
    " numbers but for the last digits: single steps are rounded in another way."
)

GLOSSARY = (
    (
        mark("Bayes factor"),
        mark(
            "how many times more probable a statement's evidence makes one account than another;"
            " its natural logarithm is printed, 0 means no difference"
        ),
    ),
    (
        mark("Climatology"),
        mark(
            "the usual wind of a season, with how far single days depart from it; it does not"
            " know the weather of the days in question"
        ),
    ),
    (
        mark("Effective sample size"),
        mark("how many independent paths the weighted paths are worth"),
    ),
    (
        mark("Flight level"),
        mark(
            "a pressure written as a height in hundreds of feet: FL600 is 71.72 hPa, about 60,000"
            " ft"
        ),
    ),
    (mark("Nautical mile"), mark("1,852 m; a coastal state's territorial sea reaches 12 of them")),
    (
        mark("Own airspeed"),
        mark("how fast the balloon moves through the air about it; none if it only drifts"),
    ),
    (
        mark("Position error"),
        mark(
            "one standard deviation: about four in ten of honest reports lie within one of it,"
            " nearly nine in ten within two"
        ),
    ),
    (
        mark("Posterior"),
        mark("what is believed after the evidence; the prior is what was believed before"),
    ),
    (
        mark("Probability words"),
        mark(
            "almost no chance below 5 %, very unlikely to 20, unlikely to 45, roughly even to 55,"
            " likely to 80, very likely to 95, almost certain above"
        ),
    ),
    (
        mark("Strength of evidence"),
        mark(
            "of a Bayes factor: weak below 3, positive to 20, strong to 150, very strong above"
            " (logarithms 1.1, 3.0, 5.0)"
        ),
    ),
    (mark("Track"), mark("one computed path of the balloon over the ground")),
    (
        mark("UTC, Z"),
        mark("coordinated universal time; on the US east coast in winter it is five hours ahead"),
    ),
)
