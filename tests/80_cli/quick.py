"""The least work that still goes through all of an account."""

import json

import jsonschema

from overflight.inference.stratum import Settings

QUICK = Settings(
    n_points=40, n_strata=4, n_filtered=4, n_runs=3, n_particles=32, n_draws=8, n_paths=60,
    n_starts=1, n_defensive=0,
)  # fmt: skip


def validated(release):
    """Names of the ledgers in a release, each checked against the schema that lies beside it."""

    def refuse(word):
        msg = f"{word} in a JSON file"
        raise AssertionError(msg)

    names = []
    for path in sorted((release / "schemas").iterdir()):
        name = path.name.removesuffix(".schema.json")
        shape = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(shape)
        text = (release / f"{name}.json").read_text(encoding="utf-8")
        found = json.loads(text, parse_constant=refuse)
        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        jsonschema.Draft202012Validator(shape, format_checker=checker).validate(found)
        names.append(name)
    return names
