"""Mastodon and servers that speak its language: public timelines and hashtags."""

from workbench.collectors.timelines import parse

__all__ = ["parse"]
