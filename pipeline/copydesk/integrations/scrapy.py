"""An item pipeline for Scrapy (extra `scrapy`): fields cleaned in a small pool of processes, awaited.

In settings.py:

    ITEM_PIPELINES = {"copydesk.integrations.scrapy.CopydeskPipeline": 300}
    COPYDESK_FIELDS = {"page": "html", "summary": "text"}    # or a list of names; default: text
    COPYDESK_CHAIN = "chain.toml"                            # default: web for HTML, news for text

Further settings: COPYDESK_WORKERS (2), COPYDESK_TIMEOUT (60 seconds a document), COPYDESK_ON_ERROR (`keep`: a field
that cannot be cleaned stays as it came; `drop`: the item is dropped; `fail`: the error goes to Scrapy),
COPYDESK_DROP_EMPTIED (false; whether an item is dropped when nothing is left of a field), COPYDESK_META_FIELD (the
field that results go to, by field name; default none). Items may be dicts, Items, dataclasses, attrs and pydantic
objects. It works with the asyncio reactor and without.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self

from copydesk.errors import ConfigError, did_you_mean
from copydesk.integrations.desk import Desk, DocumentError
from copydesk.integrations.items import as_fields, documents

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred

    from copydesk.formats.memory import Cleaned

_ON_ERROR = ("keep", "drop", "fail")
_SETTINGS = ["FIELDS", "CHAIN", "WORKERS", "TIMEOUT", "ON_ERROR", "DROP_EMPTIED", "META_FIELD"]

logger = logging.getLogger(__name__)


class CopydeskPipeline:
    """Cleans the text of items. Counts under `copydesk/...` in the crawl's stats."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        _check_names(settings)
        fields = settings.get("COPYDESK_FIELDS", ["text"])
        if isinstance(fields, str) and fields.startswith("{"):
            fields = settings.getdict("COPYDESK_FIELDS")
        try:
            self._fields = as_fields(fields)
        except ConfigError as error:
            raise ConfigError(f"COPYDESK_FIELDS: {error}") from None
        self._unseen = set(self._fields)
        self._on_error = settings.get("COPYDESK_ON_ERROR", "keep")
        if self._on_error not in _ON_ERROR:
            raise ConfigError(f"COPYDESK_ON_ERROR = {self._on_error!r}: allowed are {', '.join(_ON_ERROR)}")
        self._drop_emptied = settings.getbool("COPYDESK_DROP_EMPTIED", False)
        self._meta_field = settings.get("COPYDESK_META_FIELD")
        self._stats = crawler.stats
        try:
            self._desk = Desk(
                settings.get("COPYDESK_CHAIN"),
                workers=settings.getint("COPYDESK_WORKERS", 2),
                timeout=settings.getfloat("COPYDESK_TIMEOUT", 60.0),
            )
        except ConfigError as error:
            raise ConfigError(f"COPYDESK_CHAIN: {error}") from None
        self._stats.set_value("copydesk/chain", self._desk.job.text.hash)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the pipeline from the crawl's settings. A chain that cannot be used ends the crawl before it begins."""
        return cls(crawler)

    async def process_item(self, item: Any, spider: Any = None) -> Any:  # noqa: ARG002  # older Scrapys give it
        """Return the item with its fields cleaned; raises DropItem as the settings say."""
        from itemadapter import ItemAdapter
        from scrapy.exceptions import DropItem
        from scrapy.utils.defer import maybe_deferred_to_future

        adapter = ItemAdapter(item)
        self._unseen.difference_update(adapter)
        begun = [
            (name, self._desk.submit(data, source)) for name, data, source in list(documents(adapter, self._fields))
        ]
        results: dict[str, Any] = {}
        for name, future in begun:
            try:
                cleaned: Cleaned = await maybe_deferred_to_future(_deferred(future))
            except DocumentError as error:
                self._failed(error)
                continue
            self._count(cleaned)
            adapter[name] = cleaned.text
            results[name] = {
                "language": cleaned.language,
                "edits": sum(cleaned.edits.values()),
                "flags": list(cleaned.flags),
                "chain": cleaned.chain,
            }
            if self._drop_emptied and not cleaned.text.strip():
                self._stats.inc_value("copydesk/dropped/emptied")
                raise DropItem(f"nothing is left of {name} after cleaning")
        if self._meta_field:
            adapter[self._meta_field] = results
        return item

    def _failed(self, error: DocumentError) -> None:
        self._stats.inc_value("copydesk/failed")
        if self._on_error == "fail":
            raise error
        if self._on_error == "drop":
            from scrapy.exceptions import DropItem

            self._stats.inc_value("copydesk/dropped/failed")
            raise DropItem(f"cannot be cleaned: {error}")
        logger.error("copydesk: %s; the field stays as it came\n%s", error, error.traceback)

    def _count(self, cleaned: Cleaned) -> None:
        add = self._stats.inc_value
        add("copydesk/documents")
        if cleaned.changed:
            add("copydesk/changed")
        add(f"copydesk/languages/{cleaned.language}")
        for stage, count in cleaned.edits.items():
            add(f"copydesk/edits/{stage}", count)
        for flag in cleaned.flags:
            add(f"copydesk/flags/{flag}")

    def close_spider(self, spider: Any = None) -> None:  # noqa: ARG002  # older Scrapys give it
        """End the pool; say which fields no item had, since a name may be misspelt."""
        self._desk.close()
        if self._unseen and self._stats.get_value("item_scraped_count"):
            logger.warning(
                "copydesk: no item had a field %s, which COPYDESK_FIELDS names", ", ".join(sorted(self._unseen))
            )


def _check_names(settings: Mapping[str, Any]) -> None:
    known = [f"COPYDESK_{name}" for name in _SETTINGS]
    for name in settings:
        if name.startswith("COPYDESK_") and name not in known:
            raise ConfigError(f"there is no setting {name}.{did_you_mean(name, known)} There are {', '.join(known)}")


def _deferred(future: Future[Any]) -> Deferred[Any]:
    """Return a Deferred that fires in the reactor's thread when the future is done."""
    from twisted.internet import defer, reactor  # late: importing it installs a reactor

    deferred: Deferred[Any] = defer.Deferred()

    def fire() -> None:
        error = future.exception()
        deferred.errback(error) if error is not None else deferred.callback(future.result())

    future.add_done_callback(lambda _: reactor.callFromThread(fire))
    return deferred
