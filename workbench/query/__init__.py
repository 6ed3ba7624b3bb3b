"""The query language: parsing, matching, and compiling to what others understand."""

from workbench.errors import QueryError
from workbench.query.dialect import Dialect, dialect, unsaid
from workbench.query.model import Query
from workbench.query.parse import parse

__all__ = ["Dialect", "Query", "QueryError", "dialect", "parse", "unsaid"]
