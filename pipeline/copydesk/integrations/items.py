"""Cleaning fields of a scraper's items, whatever kind of object an item is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from copydesk.document import Source
from copydesk.errors import ConfigError

T = TypeVar("T")
#: Field -> whether it holds HTML.
Fields = Mapping[str, bool]


def as_fields(fields: str | Iterable[str] | Mapping[str, str]) -> Fields:
    """Return for each field whether it holds HTML; a plain list tells that by names that begin or end with html.

    >>> as_fields(["body_html", "summary"]), as_fields({"page": "html"})
    ({'body_html': True, 'summary': False}, {'page': True})

    Raises ConfigError for a kind that is neither.
    """
    if isinstance(fields, str):
        fields = [name.strip() for name in fields.split(",")]
    if isinstance(fields, Mapping):
        for name, kind in fields.items():
            if kind not in ("html", "text"):
                raise ConfigError(f'field "{name}": {kind!r}; "html" or "text" is allowed')
        return {name: kind == "html" for name, kind in fields.items()}
    return {name: name.lower().startswith("html") or name.lower().endswith("html") for name in fields}


def documents(adapter: Mapping[str, Any], fields: Fields) -> Iterator[tuple[str, str | bytes, Source]]:
    """Yield name, content and source of each field that there is something in."""
    url = adapter.get("url")
    address = str(url) if url else None
    for name, html in fields.items():
        data = adapter.get(name)
        if isinstance(data, (str, bytes)) and data:
            kind = "text/html" if html else "text/plain"
            charset = adapter.get("charset")
            yield (
                name,
                data,
                Source(
                    name=f"{address}#{name}" if address else name,
                    url=address,
                    charset=charset if isinstance(charset, str) else None,
                    media_type=kind,
                ),
            )


def clean_item(
    item: T, fields: str | Iterable[str] | Mapping[str, str] = ("text",), *, run: Callable[..., Any] | None = None
) -> T:
    r"""Return the item with the text of its fields cleaned in this process; for scrapers without a framework.

    An item is a mapping or an object with attributes; it is changed. `fields` are names, or a table of names and
    `text` or `html`. `run` is what cleans, by default `copydesk.run`; give `functools.partial(copydesk.run,
    chain=...)` for a chain of your own. Raises what `run` raises.

    >>> from functools import partial
    >>> import copydesk
    >>> from copydesk_stages.dedupe import Dedupe
    >>> run = partial(copydesk.run, chain=copydesk.Chain.of(Dedupe()))
    >>> text = "The dam held through the night.\n\nYes.\n\nThe dam held through the night.\n"
    >>> clean_item({"url": "https://example.org/", "text": text}, run=run)
    {'url': 'https://example.org/', 'text': 'The dam held through the night.\n\nYes.\n'}
    """
    import copydesk

    view: Any = item if isinstance(item, Mapping) else _Attributes(item)
    for name, data, source in list(documents(view, as_fields(fields))):
        view[name] = (run or copydesk.run)(data, source=source).text
    return item


class _Attributes(Mapping[str, Any]):
    """An object's attributes as a mapping."""

    def __init__(self, item: Any) -> None:
        self._item = item

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self._item, name)
        except AttributeError:
            raise KeyError(name) from None

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self._item, name, value)

    def __iter__(self) -> Iterator[str]:
        return iter(vars(self._item))

    def __len__(self) -> int:
        return len(vars(self._item))
