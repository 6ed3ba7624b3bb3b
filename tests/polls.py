"""A source that is polled again and again, as the service does it."""

import threading


class Polls:
    """Polls at a minute: what is kept is refined, cursors are saved, and all of it can be seen.

    Who derives from it says when a minute is (`at`), and perhaps what is polled (`usual`) and by
    what an item is known (`known`).
    """

    usual = None

    def __init__(self, client, collector=None, keep=lambda _: True):
        self.client, self.keep = client, keep
        self.collector = self.usual() if collector is None and self.usual else collector
        self.cursor = None
        self.stop = threading.Event()

    @staticmethod
    def known(item):
        return item.id

    def __call__(self, minute):
        self.items, self.deletions, self.accounts = [], [], []
        self.spans, self.problems = [], []
        for batch in self.collector.collect(
            self.client, self.cursor, now=lambda: self.at(minute), stop=self.stop
        ):
            self.items += self.collector.refine(self.client, filter(self.keep, batch.result))
            self.deletions += batch.result.deletions
            self.accounts += batch.result.accounts
            self.problems += batch.result.problems
            self.spans += batch.spans
            self.cursor = batch.cursor or self.cursor
        return list(map(self.known, self.items))
