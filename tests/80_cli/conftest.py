"""Let child processes hear Ctrl-C, whoever started the tests."""

import signal

import pytest


@pytest.fixture(scope="session", autouse=True)
def _children_hear_interrupts():
    """A shell starts jobs in the background deaf to Ctrl-C, and their children inherit it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
