"""Exports as Parquet: every value in its own type."""

from __future__ import annotations

import json
from typing import IO, Any

from workbench.exports.table import Table
from workbench.items import Field, Media

__all__ = ["write_parquet"]


def write_parquet(table: Table, stream: IO[bytes]) -> int:
    """Write a table as Parquet; return how many rows.

    Types are those of the fields: UTF-8 text, 64-bit numbers, flags, microseconds in UTC, lists
    of text, lists of media as structs of type, url and alt. Unknown is null. Units and meanings
    stand with the fields, the table's notes under ``workbench``.
    """
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema(
        [pa.field(field.name, _type(field), metadata=_about(field)) for field in table.fields],
        metadata={"workbench": json.dumps(dict(table.notes), ensure_ascii=False)},
    )
    n = 0
    with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in table.batches:
            if not batch:
                continue
            arrays = [
                pa.array(_values(values, field), type=_type(field))
                for values, field in zip(zip(*batch, strict=True), table.fields, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            n += len(batch)
    return n


def _type(field: Field) -> Any:
    import pyarrow as pa

    media = pa.struct([(name, pa.string()) for name in Media._fields])
    return {
        "str": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "datetime": pa.timestamp("us", tz="UTC"),
        "list[str]": pa.list_(pa.string()),
        "list[Media]": pa.list_(media),
    }[field.dtype]


def _values(values: tuple[Any, ...], field: Field) -> list[Any]:
    if field.dtype != "list[Media]":
        return list(values)
    return [[media._asdict() for media in each] for each in values]


def _about(field: Field) -> dict[str, str]:
    told = {"unit": field.unit, "meaning": field.meaning}
    return {name: value for name, value in told.items() if value}
