"""A deck's columns over a store, as the plain data that page and widget draw."""

from workbench.columns.board import Board

__all__ = ["Board"]
