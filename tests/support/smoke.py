"""What each extra is for, done once: `python smoke.py EXTRA FOLDER`, in an environment that has nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import copydesk
from copydesk import batch
from copydesk_stages.dedupe import Dedupe
from copydesk_stages.language import Language

TWICE = "The dam held through the night.\n\nYes.\n\nThe dam held through the night.\n"
ONCE = "The dam held through the night.\n\nYes.\n"


def clean(folder: Path, **options: Any) -> None:
    chain = copydesk.Chain.of(Dedupe())
    report = batch.clean([folder / "in"], folder / "out", chain=chain, workers=1, **options)
    assert (report.documents, report.failed, report.stopped) == (1, 0, ""), report.values["failures"]


def parquet(folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": [TWICE]}), folder / "in/a.parquet")
    clean(folder)
    assert pq.read_table(folder / "out/a.parquet")["text"].to_pylist() == [ONCE]


def warc(folder: Path) -> None:
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{TWICE}".encode()
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
        "WARC-Target-URI: https://example.org/\r\nWARC-Date: 2024-02-03T04:05:06Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    (folder / "in/a.warc").write_bytes(head.encode() + http + b"\r\n\r\n")
    clean(folder)
    assert (folder / "out/a.warc.jsonl").is_file()


def remote(folder: Path) -> None:
    (folder / "in/a.txt").write_text(TWICE, encoding="utf-8")
    source, target = (f"file://{folder.as_posix()}/{name}" for name in ("in", "out"))
    chain = copydesk.Chain.of(Dedupe())
    report = batch.clean([source], target, state=str(folder / "state"), chain=chain, workers=1)
    assert (report.documents, report.failed) == (1, 0)
    assert (folder / "out/a.txt").read_text(encoding="utf-8") == ONCE


def engine(folder: Path) -> None:
    (folder / "in/a.txt").write_text(TWICE, encoding="utf-8")
    clean(folder, engine=sys.argv[1])
    assert (folder / "out/a.txt").read_text(encoding="utf-8") == ONCE


def scrapy(_: Path) -> None:
    import asyncio

    from scrapy.utils.reactor import install_reactor

    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from scrapy.utils.test import get_crawler

    from copydesk.integrations.scrapy import CopydeskPipeline

    pipeline = CopydeskPipeline.from_crawler(get_crawler(settings_dict={"COPYDESK_CHAIN": "minimal"}))
    assert asyncio.iscoroutinefunction(pipeline.process_item)
    pipeline.close_spider()


def language(_: Path) -> None:
    chain = copydesk.Chain.of(Language(backend=sys.argv[1]))
    assert chain.run("The ferry left on time. Nobody on the pier had expected that.\n").language == "en"


SMOKE = {
    "cld2": language, "lingua": language, "parquet": parquet, "ray": engine, "remote": remote, "scrapy": scrapy,
    "spark": engine, "warc": warc,
}  # fmt: skip

if __name__ == "__main__":
    base = Path(sys.argv[2])
    (base / "in").mkdir(parents=True)
    SMOKE[sys.argv[1]](base)
