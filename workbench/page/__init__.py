"""The executives' page: one render by Voila for all viewers, one event stream, read-only."""

from workbench.page.server import Page

__all__ = ["Page"]
