"""Memory that was freed goes back to the system where that can be done."""

import ctypes
import sys
from pathlib import Path

import pytest

from workbench.service.freed import give_back

BLOCK = 2_048
BLOCKS = 32_768


def held():
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="the system has another library")
def test_what_was_freed_between_what_is_in_use_goes_back():
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    blocks = [libc.malloc(BLOCK) for _ in range(BLOCKS)]
    for block in blocks:
        ctypes.memset(block, 1, BLOCK)
    for n, block in enumerate(blocks):
        if n % 64:  # so that nothing at the heap's end is free
            libc.free(block)
    before = held()
    assert give_back() == hasattr(libc, "malloc_trim")
    if hasattr(libc, "malloc_trim"):
        assert before - held() > BLOCK * BLOCKS / 2
    for block in blocks[::64]:
        libc.free(block)


def test_elsewhere_it_is_left_alone(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not give_back()
