"""WARC archives: the pages of a crawl in, JSON Lines out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from copydesk import batch
from copydesk.batch.report import Report
from faults import Heard, chain, tree

pytest.importorskip("fastwarc", reason="needs the extra warc")


def response(
    body: bytes, media_type: str = "text/html", *, claim: int = 0, url: str = "https://example.org/", more: str = ""
) -> bytes:
    http = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n{more}\r\n".encode() + body
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: 2024-02-03T04:05:06Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {claim or len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


REQUEST = response(b"").replace(b"WARC-Type: response", b"WARC-Type: request")


def clean(tmp_path: Path, name: str, data: bytes, **options: object) -> tuple[Report, str, list[dict[str, object]]]:
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / "in" / name).write_bytes(data)
    heard = Heard()
    report = batch.clean([tmp_path / "in"], tmp_path / "out", chain=chain(), workers=1, observer=heard, **options)
    found = tree(tmp_path / "out")
    lines = [json.loads(line) for path, data in found.items() if path.endswith(".jsonl") for line in data.splitlines()]
    return report, "\n".join(heard.said), lines


def test_responses_become_lines(tmp_path: Path) -> None:
    """Address and date are kept; requests, pictures and the like are passed over and counted."""
    data = b"".join([
        REQUEST, response(b"<p>one</p>", url="https://example.org/1"), response(b"\x89PNG", "image/png"),
        response(b"two\n", "text/plain", url="https://example.org/2"),
    ])  # fmt: skip
    report, _, lines = clean(tmp_path, "crawl.warc", data)
    assert [path.name for path in (tmp_path / "out").glob("*.jsonl")] == ["crawl.warc.jsonl"]
    assert [(line["url"], line["date"], line["text"]) for line in lines] == [
        ("https://example.org/1", "2024-02-03T04:05:06Z", "<P>ONE</P>"),
        ("https://example.org/2", "2024-02-03T04:05:06Z", "TWO\n"),
    ]
    assert (report.documents, report.values["passed_over"]) == (2, {"image/png": 1})


def test_members_transfer_and_content_encodings(tmp_path: Path) -> None:
    """Each record its own gzip member; the body chunked, or compressed once more."""
    chunked = response(b"5\r\nhello\r\n0\r\n\r\n", more="Transfer-Encoding: chunked\r\n")
    zipped = response(gzip.compress(b"zipped"), more="Content-Encoding: gzip\r\n")
    data = gzip.compress(chunked) + gzip.compress(zipped)
    _, _, lines = clean(tmp_path, "crawl.warc.gz", data)
    assert lines == []
    read = gzip.decompress((tmp_path / "out/crawl.warc.jsonl.gz").read_bytes())
    assert [json.loads(line)["text"] for line in read.splitlines()] == ["HELLO", "ZIPPED"]


def test_the_charset_of_http_is_what_the_decoder_is_told(tmp_path: Path) -> None:
    """A chain without a decoder takes UTF-8 only; the page that is none goes to quarantine as a page."""
    data = response("é".encode("latin-1"), "text/html; charset=ISO-8859-1")
    report, said, _ = clean(tmp_path, "crawl.warc", data)
    assert report.failed == 1
    assert "crawl.warc:1: not UTF-8" in said
    assert (tmp_path / "out/quarantine/crawl.warc.d/00000001.html").read_bytes() == b"\xe9"


def test_a_record_that_claims_two_gigabytes(tmp_path: Path) -> None:
    """Is not waited for: the file ends, and that is said."""
    data = response(b"<p>one</p>") + response(b"<p>two</p>", claim=1 << 31) + response(b"<p>three</p>")
    report, said, lines = clean(tmp_path, "crawl.warc", data)
    assert "crawl.warc:2: claims 2,147,483,648 bytes, but the file ends before; fetch it again" in said
    assert (lines, report.values["inputs"]["lost"]) == ([], 1)


def test_a_record_over_the_bound(tmp_path: Path) -> None:
    """Costs only itself, whether it is long or unpacks to be."""
    bomb = response(gzip.compress(b"x" * 5000), more="Content-Encoding: gzip\r\n")
    data = response(b"<p>one</p>") + response(b"x" * 5000) + bomb + response(b"<p>two</p>")
    report, said, lines = clean(tmp_path, "crawl.warc", data, max_chars=1000)
    assert [line["text"] for line in lines] == ["<P>ONE</P>", "<P>TWO</P>"]
    assert "crawl.warc:2: has 5,0" in said
    assert "crawl.warc:3: unpacks to more than --max-chars 1,000 allows" in said
    assert report.failed == 2


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (gzip.compress(response(b"x" * 100_000))[:-20], "is cut off: its compressed data ends too early"),
        (response(b"<p>one</p>") + b"nonsense\r\n" * 100, "is broken after response 1: "),
        (REQUEST, "holds no response"),
        (b"", "holds no response"),
    ],
)
def test_broken_archives(data: bytes, problem: str, tmp_path: Path) -> None:
    """Are told by what is wrong with them."""
    name = "crawl.warc.gz" if data[:2] == b"\x1f\x8b" else "crawl.warc"
    report, said, lines = clean(tmp_path, name, data)
    assert f"{name}: {problem}" in said
    assert (lines, report.values["inputs"]["lost"]) == ([], 1)
