"""Hacker News: stories and comments."""

from workbench.collectors.hits import parse

__all__ = ["parse"]
