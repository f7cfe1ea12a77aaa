"""A small site in six languages and four encodings, and a spider that crawls it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

#: Language, charset, paragraphs. All places and people are invented.
PAGES: dict[str, tuple[str, list[str]]] = {
    "en": ("utf-8", [
        "The ferry to Halder Island left on time this morning, and nobody on the pier had expected that after the storm.",
        "Captain Orla Venn said that two mechanics had repaired the engine overnight, with parts from an old tractor.",
        "The island council will discuss a second boat in spring, although the money for it has not been found yet.",
    ]),
    "de": ("windows-1252", [
        "Die Fähre nach Haldersöe legte am Morgen pünktlich ab, womit nach dem Sturm niemand am Kai gerechnet hatte.",
        "Kapitänin Orla Wenn sagte, zwei Mechaniker hätten den Motor über Nacht repariert, mit Teilen eines alten Traktors.",
        "Der Inselrat berät im Frühjahr über ein zweites Schiff, für das bisher allerdings das nötige Geld fehlt.",
    ]),
    "fr": ("windows-1252", [
        "Le ferry de l’île d’Haldère est parti à l’heure ce matin, ce que personne n’espérait sur le quai après la tempête.",
        "La capitaine Odile Venne a expliqué que deux mécaniciens avaient réparé le moteur pendant la nuit.",
        "Le conseil de l’île parlera d’un deuxième bateau au printemps, même si l’argent n’a pas encore été trouvé.",
    ]),
    "es": ("utf-8", [
        "El transbordador de la isla de Haldera salió puntual esta mañana, algo que nadie esperaba después del temporal.",
        "La capitana Olga Venta explicó que dos mecánicos habían reparado el motor durante la noche con piezas viejas.",
        "El consejo de la isla hablará en primavera de un segundo barco, aunque todavía no se ha encontrado el dinero.",
    ]),
    "ru": ("koi8-r", [
        "Паром на остров Хальдер сегодня утром отошёл вовремя, чего после бури на причале уже никто не ожидал.",
        "Капитан Орла Венн рассказала, что двое механиков за ночь починили двигатель деталями от старого трактора.",
        "Весной совет острова обсудит покупку второго судна, хотя деньги на него до сих пор не найдены.",
    ]),
    "ja": ("shift_jis", [
        "ハルデル島へ向かう連絡船は今朝、定刻どおりに出航した。嵐のあと、桟橋にいた人は誰も予想していなかった。",
        "船長のオルラさんによると、二人の整備士が夜のうちに古いトラクターの部品でエンジンを直したという。",
        "島の議会は春に二隻目の船について話し合う予定だが、必要な資金はまだ見つかっていない。",
    ]),
}  # fmt: skip


def page(language: str) -> bytes:
    """Return the page in that language, with furniture around the article."""
    charset, paragraphs = PAGES[language]
    inside = "\n".join(f"<p>{text}</p>" for text in paragraphs)
    links = "".join(f'<li><a href="/{other}">{other}</a></li>' for other in PAGES)
    html = (
        f'<!DOCTYPE html><html lang="{language}"><head><title>{language}</title></head><body><nav><ul>{links}</ul></nav>'
        f"<article><h1>{paragraphs[0][:20]}</h1>{inside}</article><footer>Imprint and contact</footer></body></html>"
    )
    return html.encode(charset, "xmlcharrefreplace")


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.strip("/") or "en"
        if name not in PAGES:
            self.send_error(404)
            return
        body = page(name)
        self.send_response(200)
        self.send_header("Content-Type", f"text/html; charset={PAGES[name][0]}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    """Serve the site on loopback; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main() -> None:
    """Crawl: ADDRESS KIND SETTINGS; print items and stats as JSON. Runs in a process of its own, as a crawl does."""
    import dataclasses

    import attrs
    import pydantic
    import scrapy
    from itemadapter import ItemAdapter
    from scrapy.crawler import CrawlerProcess

    fields = ("url", "language", "charset", "html", "results")

    @dataclasses.dataclass
    class AsDataclass:
        url: str
        language: str
        charset: str
        html: object
        results: object = None

    @attrs.define
    class AsAttrs:
        url: str
        language: str
        charset: str
        html: object
        results: object = None

    class AsPydantic(pydantic.BaseModel):
        url: str
        language: str
        charset: str
        html: object
        results: object = None

    class AsItem(scrapy.Item):
        url, language, charset, html, results = (scrapy.Field() for _ in fields)

    kinds = {"dict": dict, "dataclass": AsDataclass, "attrs": AsAttrs, "pydantic": AsPydantic, "Item": AsItem}
    address, kind, settings = sys.argv[1:]
    found: list[dict[str, object]] = []

    class Spider(scrapy.Spider):
        name = "halder"

        async def start(self):  # noqa: ANN202
            yield scrapy.Request(address)

        def parse(self, response):  # noqa: ANN001, ANN202
            language = response.css("html::attr(lang)").get()
            charset = PAGES[language][0]
            yield kinds[kind](url=response.url, language=language, charset=charset, html=response.body)
            yield from response.follow_all(css="nav a")

    class Collect:
        def process_item(self, item):  # noqa: ANN001, ANN202
            found.append({k: v for k, v in ItemAdapter(item).items() if k in fields})
            return item

    process = CrawlerProcess({
        "LOG_LEVEL": "WARNING",
        "TELNETCONSOLE_ENABLED": False,
        "ITEM_PIPELINES": {"copydesk.integrations.scrapy.CopydeskPipeline": 300, Collect: 900},
        "COPYDESK_FIELDS": {"html": "html"},
        **json.loads(settings),
    })  # fmt: skip
    crawler = process.create_crawler(Spider)
    process.crawl(crawler)
    process.start()
    stats = {k: v for k, v in crawler.stats.get_stats().items() if k.startswith(("copydesk/", "item_", "log_count/E"))}
    print(json.dumps({"items": found, "stats": stats}, default=repr))


if __name__ == "__main__":
    main()
