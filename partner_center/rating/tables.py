"""From the schemas of files to those of expressions."""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis.expr.types import Table

from partner_center.rating.decimals import typed

_KINDS: dict[pa.DataType, dt.DataType] = {
    pa.int64(): dt.int64,
    pa.int32(): dt.int32,
    pa.string(): dt.string,
    pa.bool_(): dt.boolean,
}


def schema_of(schema: pa.Schema) -> ibis.Schema:
    """The same columns for Ibis."""
    return ibis.schema({field.name: _kind(field.type) for field in schema})


def shaped(rows: Table, schema: pa.Schema) -> Table:
    """The columns of `schema`, in its order and of exactly its types."""
    return rows.select(**{field.name: typed(rows[field.name], _kind(field.type)) for field in schema})


def _kind(kind: pa.DataType) -> dt.DataType:
    if pa.types.is_decimal(kind):
        return dt.Decimal(kind.precision, kind.scale)
    return _KINDS[kind]
