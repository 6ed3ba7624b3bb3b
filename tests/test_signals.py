"""Signals that come at the worst moment."""

import signal
import threading

import pytest

from workbench.cli.common import hearing, starting, stopping
from workbench.http import sockets
from workbench.page import server
from workbench.service import GRACE, LAST, Service


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_just_as_one_begins_to_wait_for_it_is_heard(number):
    with stopping() as asked:
        # What whoever waits holds for a moment, and whoever sets must have.
        with asked._cond:
            signal.raise_signal(number)
            signal.raise_signal(number)
            assert not asked.is_set()
        assert asked.wait(60)


def test_the_word_to_look_anew_may_come_in_the_middle_of_anything():
    heard = threading.Event()
    with hearing(heard.set):
        with heard._cond:
            signal.raise_signal(signal.SIGHUP)
        assert heard.wait(60)


def test_before_anything_is_begun_a_signal_ends_it_at_once_and_well():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended, starting():
        signal.raise_signal(signal.SIGTERM)
    assert not ended.value.code
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_an_end_waits_for_is_far_less_than_five_seconds_in_all():
    patience = Service.stop.__kwdefaults__["patience"]
    assert patience > GRACE + sockets._GOODBYE
    assert max(server.PATIENCE, patience) + LAST <= 3.0
