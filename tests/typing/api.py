"""What a program that uses overflight may rely on; this file must type-check, it is not run."""

from pathlib import Path

from overflight.case.load import load
from overflight.case.model import Balloon, Case, Sighting, Source, Statement
from overflight.errors import CaseError, OverflightError
from overflight.units import parse

case: Case = load(Path("cases/2023-conus"))
balloon: Balloon = case.balloon
sightings: tuple[Sighting, ...] = case.sightings
statements: tuple[Statement, ...] = case.statements
sources: tuple[Source, ...] = case.sources

diameter_m: float = parse("200 ft", "m")

problem: OverflightError = CaseError(found="a gap", expected="none", remedy="Fill it.")
parts: tuple[str, str, str] = (problem.found, problem.expected, problem.remedy)
