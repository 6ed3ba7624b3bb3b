"""Readers who look for something: each in turn, few at a time, and none keeps the others out."""

import asyncio
import threading

import pytest

from workbench.page.seeking import AT_ONCE, EACH, MOST, Busy, Seekers


class Search:
    """A search that lasts until it may end, and says when it has begun."""

    def __init__(self, loop):
        self.begun, self.loop, self.may_end = asyncio.Event(), loop, threading.Event()

    def __call__(self):
        self.loop.call_soon_threadsafe(self.begun.set)
        self.may_end.wait(60)
        return "found"


@pytest.fixture
def within():
    """Do something with seekers in an event loop, and leave no thread behind."""

    def run(work):
        async def main():
            seekers, made = Seekers(), []

            def begin(who):
                search = Search(asyncio.get_running_loop())
                made.append(search)
                return search, asyncio.create_task(seekers.run(who, search))

            try:
                await work(begin)
            finally:
                for search in made:
                    search.may_end.set()
                await seekers.close()

        asyncio.run(main())

    return run


def test_one_reader_has_one_search_at_a_time_and_another_need_not_wait_for_it(within):
    async def work(begin):
        first, found = begin("ana")
        await first.begun.wait()
        second, later = begin("ana")
        other, others = begin("bob")
        await other.begun.wait()
        assert not second.begun.is_set()
        other.may_end.set()
        assert await others == "found"
        assert not second.begun.is_set()
        first.may_end.set()
        await second.begun.wait()
        second.may_end.set()
        assert await found == await later == "found"

    within(work)


def test_who_has_many_waiting_is_told_to_come_again_and_may_then(within):
    async def work(begin):
        searches = [begin("eve") for _ in range(EACH)]
        await searches[0][0].begun.wait()
        with pytest.raises(Busy):
            await begin("eve")[1]
        for search, task in searches:
            search.may_end.set()
            await task
        last, task = begin("eve")
        last.may_end.set()
        assert await task == "found"

    within(work)


def test_there_are_few_in_all_whoever_asks(within):
    async def work(begin):
        searches = [begin(f"reader {n}") for n in range(MOST)]
        for search, _ in searches[:AT_ONCE]:
            await search.begun.wait()
        assert not any(search.begun.is_set() for search, _ in searches[AT_ONCE:])
        with pytest.raises(Busy):
            await begin("one more")[1]
        for search, task in searches:
            search.may_end.set()
            await task

    within(work)
