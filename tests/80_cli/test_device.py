"""An account on a graphics card: the processor's numbers to round-off, or a refusal in words."""

import json
from importlib import metadata

import numpy as np
import pytest
from typer.testing import CliRunner

from overflight import account, checkpoint, workers
from overflight.account import Running
from overflight.case.template import write_new
from overflight.cli import app
from overflight.errors import DeviceError, MissingExtraError, OverflightError
from overflight.flight import device, winds
from overflight.inference import devices, prior
from overflight.inference.stratum import Settings
from overflight.inference.work import Origin
from overflight.physics.sphere import MEAN_RADIUS_M

TINY = Settings(
    n_points=20, n_strata=2, n_filtered=2, n_runs=2, n_particles=12, n_draws=4, n_paths=16,
    n_starts=1, n_defensive=1,
)  # fmt: skip
ON_CARD = Settings(**(vars(TINY) | {"device": device.CUDA}))
# The processor flies in blocks of single precision; after 29 hours without evidence that is 1.4 m.
CLOSE_M, CLOSE_LOG = 5.0, 1e-3


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """The example, with those kinds of report alone that a card weighs."""
    folder = tmp_path_factory.mktemp("device") / "case"
    write_new(folder)
    table = folder / "sightings.csv"
    rows = table.read_text("utf-8").replace(",SE,35 deg,", ",,,").splitlines(keepends=True)
    table.write_text("".join(row for row in rows if row[:3] not in {"s4,", "s5,"}), "utf-8")
    return folder


def stand_in(monkeypatch, **entries):
    """A card that is not there: its two jobs are done by others."""
    monkeypatch.setattr(device, "room_bytes", lambda: 10**9)
    real = device.identity
    monkeypatch.setattr(
        device, "identity", lambda name: "cuda: a card" if name == device.CUDA else real(name)
    )
    monkeypatch.setitem(devices._DEVICES, device.CUDA, devices.Device(**entries))


@pytest.fixture
def card(on_card, request, monkeypatch):
    """The real card, or one simulated in another process, where the rest would not compile."""
    monkeypatch.setattr(prior, "N_STRATA", 2)
    monkeypatch.setattr(prior, "N_EACH", 2)
    if request.node.callspec.params["on_card"] == "real":
        return

    def alone(name, *arguments):
        with device._ALONE:
            return on_card(name, *arguments)

    stand_in(
        monkeypatch,
        fly=lambda *given: alone("cards:flown", *given[:4]),
        filtered=lambda _, *told: alone("cards:filtered", *told),
    )


def apart_m(one, other):
    """The largest distance between the paths of two posteriors."""
    ends = []
    for flown in (one, other):
        lat, lon = np.radians(flown.lat_deg), np.radians(flown.lon_deg)
        ends.append(np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]))
    assert np.array_equal(np.isnan(ends[0]), np.isnan(ends[1]))
    return MEAN_RADIUS_M * np.nanmax(np.linalg.norm(ends[0] - ends[1], axis=0))


def test_an_account_on_a_card_is_the_processors_to_round_off(case, tmp_path, card, monkeypatch):
    priors, original = [], prior.prior

    def noted(*given):
        priors.append(original(*given))
        return priors[-1]

    monkeypatch.setattr(prior, "prior", noted)
    ours = account.run(case, tmp_path / "cpu", settings=TINY)
    theirs = account.run(case, tmp_path / "cuda", settings=ON_CARD)
    one, other = ours.posterior, theirs.posterior
    assert other.log_evidence == pytest.approx(one.log_evidence, abs=CLOSE_LOG)
    assert other.diagnostics.log_evidence_defensive == pytest.approx(
        one.diagnostics.log_evidence_defensive, abs=CLOSE_LOG
    )
    np.testing.assert_allclose(other.weight, one.weight, atol=CLOSE_LOG)
    assert apart_m(one, other) < CLOSE_M
    assert len(priors) == 2
    assert 0.0 < apart_m(*priors) < CLOSE_M  # another device did fly
    told = [json.loads((tmp_path / d / "manifest.json").read_text())["settings"]["device"]
            for d in ("cpu", "cuda")]  # fmt: skip
    assert told[0] == "cpu"
    assert told[1].startswith("cuda: ")
    pages = [(tmp_path / d / "report.html").read_text("utf-8") for d in ("cpu", "cuda")]
    assert ["graphics card" in page for page in pages] == [False, True]


def run(case, out, *more):
    typed = ["account", str(case), "--out", str(out), "--device", "cuda", *more]
    return CliRunner().invoke(app, typed)


@pytest.fixture(params=["package", "card", "driver"])
def lacking(request, monkeypatch):
    """What a machine without a usable card lacks, and what is said of it."""
    from numba import cuda

    def fails():
        words = "Error at driver init:\n\nversion mismatch"
        raise cuda.cudadrv.error.CudaSupportError(words)

    def version(name, original=metadata.version):
        if name != "numba-cuda":
            return original(name)
        if request.param == "package":
            raise metadata.PackageNotFoundError(name)
        return "0.30"

    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.setattr(cuda, "is_available", lambda: request.param == "driver")
    monkeypatch.setattr(cuda, "current_context", fails)
    return {
        "package": (MissingExtraError, "pip install 'overflight[cuda]'"),
        "card": (DeviceError, "nvidia-smi"),
        "driver": (DeviceError, "version mismatch"),
    }[request.param]


@pytest.mark.parametrize("more", [(), ("--dry-run",)], ids=["run", "dry run"])
def test_without_a_usable_card_it_is_refused_before_any_work(
    case, tmp_path, lacking, more, monkeypatch
):
    monkeypatch.setattr(winds, "of_case", lambda *given, **named: pytest.fail("the wind was read"))
    kind, said = lacking
    done = run(case, tmp_path / "out", *more)
    assert isinstance(done.exception, kind)  # status 2: tested where the command line is
    assert said in str(done.exception)
    assert "--device cpu" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_card_is_not_shared_with_other_processes(case, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "local", lambda n: pytest.fail("workers were started"))
    for more in (("--workers", "2"), ("--cluster", "tcp://127.0.0.1:1")):
        done = run(case, tmp_path / "out", *more)
        assert isinstance(done.exception, DeviceError)
        assert "one process for one card" in str(done.exception)
    crew = workers.Crew(None, "a crew")
    with pytest.raises(DeviceError, match="Leave --workers"):
        crew.begin(Origin(case, (), {"device": "cuda: a card"}))


def test_pieces_of_another_device_are_neither_mixed_nor_lost(case, tmp_path, monkeypatch):
    def stopped(stage, done, total):
        if (stage, done) == ("paths", 1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        account.run(case, tmp_path / "out", settings=TINY, progress=stopped)
    kept = sorted(checkpoint.place_of(tmp_path / "out").iterdir())
    cpu = devices.named(device.CPU)
    stand_in(monkeypatch, fly=cpu.fly, filtered=cpu.filtered)
    with pytest.raises(OverflightError, match="Name that device with --device") as refusal:
        account.run(case, tmp_path / "out", settings=ON_CARD, running=Running(resume=True))
    assert "'cpu'" in refusal.value.found
    assert sorted(checkpoint.place_of(tmp_path / "out").iterdir()) == kept
    account.run(case, tmp_path / "out", settings=TINY, running=Running(resume=True))


def test_more_particles_than_a_card_holds_are_refused_before_a_path_is_flown(
    case, tmp_path, monkeypatch
):
    cpu = devices.named(device.CPU)
    stand_in(monkeypatch, fly=cpu.fly, filtered=cpu.filtered)
    monkeypatch.setattr(account, "_flown", lambda *given, **named: pytest.fail("it flew"))
    crowd = Settings(**(vars(ON_CARD) | {"n_particles": 10**7}))
    with pytest.raises(DeviceError, match="10,000,000 particles of"):
        account.run(case, tmp_path / "out", settings=crowd)


def test_there_is_no_third_device():
    with pytest.raises(DeviceError, match="cpu or cuda"):
        devices.named("abacus")
