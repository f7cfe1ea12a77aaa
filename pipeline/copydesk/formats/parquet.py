"""Parquet (extra `parquet`): one column's text replaced, a column of results added, everything else kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk.chain import Result
from copydesk.errors import InputError
from copydesk.formats.base import CHUNK_BYTES, CHUNK_DOCUMENTS, Chunk, Item, Layout, summary
from copydesk.formats.files import open_raw, shown, whole_file

if TYPE_CHECKING:
    import pyarrow as pa

#: A row group of the output ends after so many rows, or with the row whose text fills it up to so many bytes, however
#: the input was grouped and cut.
ROW_GROUP = 10_000
ROW_GROUP_BYTES = 64 << 20
#: Where the schema's metadata keeps what the writer has to know: the source's compression, and the field with the text.
_CODEC, _FIELD = b"copydesk.codec", b"copydesk.field"


def _pyarrow(path: str) -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet  # binds a part of the package
    except ImportError:
        raise InputError(f"{path}: Parquet files need pyarrow; install copydesk[parquet]") from None
    return pa


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def cut(path: str, layout: Layout) -> Iterator[Chunk]:
    """Read a file in chunks of rows. Raises InputError."""
    name = shown(path)
    pa = _pyarrow(name)
    with open_raw(path) as raw:
        try:
            file = pa.parquet.ParquetFile(raw)
            schema = _checked(file.schema_arrow, layout, name)
            groups = file.metadata
            codec = groups.row_group(0).column(0).compression.lower() if groups.num_row_groups else "snappy"
            schema = schema.with_metadata(
                {**(schema.metadata or {}), _CODEC: codec.encode(), _FIELD: layout.field.encode()}
            )
            first = 1
            empty = True
            for batch in file.iter_batches(batch_size=CHUNK_DOCUMENTS):
                rows = max(1, min(len(batch), CHUNK_DOCUMENTS * CHUNK_BYTES // max(1, batch.nbytes)))
                for at in range(0, len(batch), rows):
                    part = batch.slice(at, rows)
                    yield Chunk(first, len(part), _dump(pa.Table.from_batches([part]).cast(schema)))
                    first += len(part)
                    empty = False
            if empty:
                yield Chunk(1, 0, _dump(schema.empty_table()))
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{name}: is no whole Parquet file: {_first_line(error)}; write it again") from None


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(". ")


def _checked(schema: Any, layout: Layout, name: str) -> Any:
    if layout.field not in schema.names:
        listed = ", ".join(schema.names)
        raise InputError(f'{name}: has no column "{layout.field}"; its columns: {listed}. Name another with --field')
    kind = schema.field(layout.field).type
    if not _is_text(kind):
        raise InputError(f'{name}: the column "{layout.field}" holds {kind}, not text')
    if layout.meta and layout.meta in schema.names:
        raise InputError(f'{name}: has a column "{layout.meta}" already; name another for results with --meta-field')
    return schema


def _dump(table: pa.Table) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _load(data: bytes) -> pa.Table:
    import pyarrow as pa

    return pa.ipc.open_stream(data).read_all()


def _result_type() -> Any:
    import pyarrow as pa

    stretch = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("language", pa.string())])
    return pa.struct([
        ("language", pa.string()),
        ("edits", pa.int64()),
        ("flags", pa.list_(pa.string())),
        ("chain", pa.string()),
        ("tags", pa.string()),
        ("block_languages", pa.list_(stretch)),
    ])  # fmt: skip


def columns(chunk: Chunk, *, of_results: bool = False) -> list[str]:
    """Return the names of the columns of a chunk, or of those that hold results of `copydesk clean`."""
    ours = _result_type()
    return [field.name for field in _load(chunk.data).schema if not of_results or field.type == ours]


class Rows:
    """Rows on their way through the chain."""

    def __init__(self, chunk: Chunk, layout: Layout) -> None:
        self._first = chunk.first
        self._layout = layout
        self._table = _load(chunk.data)
        self._kept: list[int] = []
        self._texts: list[str | None] = []
        self._results: list[dict[str, Any] | None] = []

    def items(self) -> Iterator[Item]:
        """Yield the document of each row."""
        for at in range(len(self._table)):
            number = self._first + at
            try:
                text = self._table.column(self._layout.field)[at].as_py()
            except UnicodeDecodeError as error:
                yield Item(number, None, problem=f"its text is not UTF-8 (byte {error.start})", handle=at)
                continue
            yield Item(number, text, url=self._url(at), handle=at)

    def _url(self, at: int) -> str | None:
        if "url" not in self._table.column_names or not _is_text(self._table.schema.field("url").type):
            return None
        url: str | None = self._table.column("url")[at].as_py()
        return url

    def raw(self, item: Item) -> tuple[bytes, str]:
        """Return a file of that row alone."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        sink = pa.BufferOutputStream()
        schema = self._table.schema.remove_metadata()
        pq.write_table(self._table.slice(item.handle, 1).cast(schema), sink)
        return sink.getvalue().to_pybytes(), ".parquet"

    def keep(self, item: Item, result: Result | None) -> None:
        """Take a row over."""
        self._kept.append(item.handle)
        self._texts.append(result.text if result and isinstance(item.data, str) else None)
        if result is None:
            self._results.append(None)
            return
        found = summary(result)
        tags = found.get("tags")
        self._results.append({**found, "tags": json.dumps(tags, sort_keys=True) if tags else None})

    def output(self) -> bytes:
        """Return the rows as an Arrow stream."""
        import pyarrow as pa

        table = self._table.take(pa.array(self._kept, pa.int64()))
        at = table.schema.get_field_index(self._layout.field)
        field = table.schema.field(at)
        table = table.set_column(at, field, pa.array(self._texts, field.type))
        if self._layout.meta:
            table = table.append_column(self._layout.meta, pa.array(self._results, _result_type()))
        return _dump(table)


session = Rows


def undone(chunk: Chunk, layout: Layout, back: Callable[[int, str], tuple[str, int]], *, whole: bool) -> bytes:
    """Return rows with their earlier texts as an Arrow stream; `whole`: without the column of results.

    `back` gives for a row and its text the earlier text, and how many edits are left of it.
    """
    import pyarrow as pa

    rows = _load(chunk.data)
    at = rows.schema.get_field_index(layout.field)
    field = rows.schema.field(at)
    results = rows.column(layout.meta).to_pylist() if layout.meta in rows.column_names else None
    texts: list[str | None] = []
    for row, text in enumerate(rows.column(at).to_pylist()):
        earlier, left = (text, 0) if text is None else back(row, text)
        texts.append(earlier)
        if results is not None and results[row] is not None:
            results[row]["edits"] = left
    rows = rows.set_column(at, field, pa.array(texts, field.type))
    if results is not None:
        there = rows.schema.get_field_index(layout.meta)
        kept = rows.schema.field(there)
        rows = rows.remove_column(there) if whole else rows.set_column(there, kept, pa.array(results, kept.type))
    return _dump(rows)


class _Writer:
    """Joins tables into row groups of one size."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._writer: Any = None
        self._waiting: list[Any] = []
        self._rows = self._bytes = 0

    def write(self, piece: bytes) -> None:
        """Add what a session gave."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        table = _load(piece)
        metadata = dict(table.schema.metadata or {})
        codec, field = metadata.pop(_CODEC).decode(), metadata.pop(_FIELD).decode()
        schema = table.schema.with_metadata(metadata or None)
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._file, schema, compression="none" if codec == "uncompressed" else codec
            )
        table = table.cast(schema)
        start = 0
        lengths = pc.call_function("binary_length", [table[field].cast(pa.large_binary())])
        sizes = pc.fill_null(lengths, 0).to_pylist()
        for at, size in enumerate(sizes, start=1):
            self._rows += 1
            self._bytes += size
            if self._rows >= ROW_GROUP or self._bytes >= ROW_GROUP_BYTES:
                self._waiting.append(table.slice(start, at - start))
                self._flush()
                start = at
        if start < len(table):
            self._waiting.append(table.slice(start))

    def _flush(self) -> None:
        import pyarrow as pa

        # In one piece: where a page of the file ends depends on the pieces, and so on how the input was cut.
        self._writer.write_table(pa.concat_tables(self._waiting).combine_chunks(), row_group_size=self._rows)
        self._waiting.clear()
        self._rows = self._bytes = 0

    def close(self) -> None:
        """Write what is left, and the footer."""
        if self._rows:
            self._flush()
        if self._writer is not None:
            self._writer.close()


@contextmanager
def writer(path: str, scratch: Path | None) -> Iterator[_Writer]:
    """Open the output file."""
    _pyarrow(path)
    with whole_file(path, scratch) as file:
        stream = _Writer(file)
        yield stream
        stream.close()
