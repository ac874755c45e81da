"""The reference values that several physics tests read."""

import json

import pytest


@pytest.fixture(scope="session")
def refs(shared_data):
    """Reference values of the science notes, with the tolerances they are asserted to."""
    return json.loads((shared_data / "reference" / "science_refs.json").read_text())
