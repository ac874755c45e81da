"""What every report says about itself: its method in short, and its words."""

METHODS = (
    "The balloon is taken to have drifted: at each moment it moves with the wind at its height. A"
    " great number of such paths is computed, with winds, launch, float height and wind errors"
    " varied within what is known.",
    "Paths that agree with the sightings keep more weight, paths that disagree less (a guided"
    " particle filter). Every sighting may also be simply wrong, with a probability that follows"
    " from its source; so one bad report cannot bend the account.",
    "Wind errors are correlated in time and have the size stated by the winds themselves. What"
    " cannot be computed from public evidence is not guessed: it is named.",
    "The lines on the map are paths drawn from the result, all equally probable. Their middle is"
    " the mean position of those in the air; it is a guide to the eye, not a path of its own.",
)

ON_CARD = (
    "The paths were flown on a graphics card ({device}). A processor gives the same numbers but for"
    " the last digits: single steps are rounded in another way."
)

GLOSSARY = (
    ("Bayes factor", "how many times more probable a statement's evidence makes one account than"
     " another; its natural logarithm is printed, 0 means no difference"),
    ("Climatology", "the usual wind of a season, with how far single days depart from it; it does"
     " not know the weather of the days in question"),
    ("Effective sample size", "how many independent paths the weighted paths are worth"),
    ("Flight level", "a pressure written as a height in hundreds of feet: FL600 is 71.72 hPa,"
     " about 60,000 ft"),
    ("Nautical mile", "1,852 m; a coastal state's territorial sea reaches 12 of them"),
    ("Position error", "one standard deviation: about four in ten of honest reports lie within one"
     " of it, nearly nine in ten within two"),
    ("Posterior", "what is believed after the evidence; the prior is what was believed before"),
    ("Probability words", "almost no chance below 5 %, very unlikely to 20, unlikely to 45, roughly"
     " even to 55, likely to 80, very likely to 95, almost certain above"),
    ("Track", "one computed path of the balloon over the ground"),
    ("UTC, Z", "coordinated universal time; on the US east coast in winter it is five hours ahead"),
)  # fmt: skip
