"""The query language: parsing, matching, and compiling to what others understand."""

from workbench.errors import QueryError
from workbench.query.parse import Query, parse

__all__ = ["Query", "QueryError", "parse"]
