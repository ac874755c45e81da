"""Let child processes hear Ctrl-C, whoever started the tests, and tests share their settings."""

import signal
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))


@pytest.fixture(scope="session", autouse=True)
def _children_hear_interrupts():
    """A shell starts jobs in the background deaf to Ctrl-C, and their children inherit it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
