"""The stage `extract`: HTML pages to their main text with its structure."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import copydesk
from copydesk import Chain, Source
from copydesk_stages.extract import Extract
from copydesk_stages.extract.base import Answer
from copydesk_stages.extract.choose import Reading, read, select, stays, together
from copydesk_stages.extract.described import towards, within
from copydesk_stages.extract.kind import kind_of
from copydesk_stages.extract.lines import Line, walk
from copydesk_stages.extract.metadata import declared
from copydesk_stages.extract.page import parse
from copydesk_stages.extract.repeats import repeats

STORY = (
    "The old weir above Lindholm broke on Tuesday night, and by morning the lower meadows stood under water.",
    "Nobody was hurt. The fire brigade brought eleven cows and a tractor to dry ground before breakfast.",
    "Mayor Ingrid Falk said the council had asked for money to mend the weir in three successive years.",
    "Engineers from the county will look at the break today, once the water has fallen below the second mark.",
)
PAGE = f"""<!DOCTYPE html>
<html lang="en">
<head>
<title>Weir breaks above Lindholm | The Lindholm Messenger</title>
<meta property="og:title" content="Weir breaks above Lindholm">
<meta property="og:site_name" content="The Lindholm Messenger">
<meta name="author" content="Tove Brandt">
<meta property="article:published_time" content="2024-03-05T07:30:00+01:00">
<link rel="canonical" href="https://messenger.example/weir">
<style>p {{ color: black }}</style>
<script>var tracking = "do not show this";</script>
</head>
<body>
<nav class="menu"><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article>
<h1>Weir breaks above Lindholm</h1>
<p>{STORY[0]}</p>
<p>{STORY[1]}</p>
<h2>Three years of asking</h2>
<p>{STORY[2]}</p>
<blockquote><p>We wrote every spring, and every spring they thanked us for the letter and sent nothing.</p></blockquote>
<ul><li>In 2021 the council asked for a new gate.</li><li>In 2022 it asked for a new gate and a pump.</li></ul>
<table><tr><th>Mark</th><th>Height</th></tr>
<tr><td>First</td><td>120 cm</td></tr><tr><td>Second</td><td>80 cm</td></tr></table>
<pre>level = read_gauge()
if level &lt; 80:
    open_gate()</pre>
<p>{STORY[3]}</p>
</article>
<footer><p><a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a></p></footer>
</body>
</html>
"""


def extract(text: str, **options: object) -> copydesk.Result:
    return Chain.of(Extract(**options)).run(text)  # type: ignore[arg-type]


def flags(result: copydesk.Result) -> list[str]:
    return [flag.name for flag in result.flags]


LANTERN = (
    "The lantern burns for twenty hours on one filling and does not go out in a gale: the glass sits in a double ring of "
    "brass, so that the wind passes below the flame. Each one is soldered by hand and tested over night on the pier."
)
SOUP = (
    "<p> </p> <div> </div> <ul> <li> </ul> <table> <tr> <td> </table> <pre> </pre> <a> </a> <br> <h2> </h2> <script> "
    "</script> <blockquote> <dl> <dt> <x-y> </x-y> <body> </body> <html> <noscript> text & &lt; 1"
)


def body(inner: str) -> str:
    return f"<html><body><article>{inner}</article></body></html>"


def with_data(data: str, inner: str) -> str:
    return f'<html><head><script type="application/ld+json">{data}</script></head><body>{inner}</body></html>'


class TestMainText:
    def test_keeps_the_story_and_leaves_the_furniture_out(self) -> None:
        text = extract(PAGE).text
        for paragraph in STORY:
            assert paragraph in text
        for furniture in ("Sport", "Imprint", "tracking", "color: black"):
            assert furniture not in text

    def test_paragraphs_stand_in_the_order_of_the_page(self) -> None:
        text = extract(PAGE).text
        places = [text.index(paragraph) for paragraph in STORY]
        assert places == sorted(places)

    def test_one_edit_takes_the_page_to_its_text(self) -> None:
        edits = [edit for edit in extract(PAGE).edits if edit.kind != "tag"]
        assert [(edit.kind, edit.rule, edit.score) for edit in edits] == [("recast", "extract", 1.0)]
        assert edits[0].why

    def test_undo_gives_the_page_back(self) -> None:
        result = extract(PAGE)
        assert copydesk.undo(result.text, result.record) == PAGE

    def test_space_around_the_page_belongs_to_the_document(self) -> None:
        assert extract("\n\n" + PAGE.strip() + "\n\n").text.endswith("mark.\n\n")

    def test_the_guard_does_not_count_markup(self) -> None:
        assert not [flag for flag in extract(PAGE).flags if flag.name == "guard"]


class TestStructure:
    @pytest.fixture
    def roles(self) -> dict[str, dict[str, object]]:
        return {block.text: dict(block.tags) for block in extract(PAGE).document.blocks}

    def test_headings_have_their_level(self, roles: dict[str, dict[str, object]]) -> None:
        assert roles["Three years of asking"]["role"] == "heading"
        assert roles["Three years of asking"]["level"] == 2

    def test_paragraphs_quotes_and_items(self, roles: dict[str, dict[str, object]]) -> None:
        assert roles[STORY[0]]["role"] == "paragraph"
        assert next(tags for text, tags in roles.items() if text.startswith("We wrote"))["role"] == "quote"
        item = roles["In 2021 the council asked for a new gate."]
        assert (item["role"], item["list"], item["level"]) == ("item", "unordered", 1)

    def test_rows_of_a_table_are_lines(self, roles: dict[str, dict[str, object]]) -> None:
        assert roles["Mark | Height"]["header"] is True
        assert roles["Second | 80 cm"]["role"] == "row"

    def test_code_keeps_its_lines_and_indentation(self, roles: dict[str, dict[str, object]]) -> None:
        code = "level = read_gauge()\nif level < 80:\n    open_gate()"
        assert roles[code]["role"] == "code"

    def test_parts_of_one_thing_are_parted_by_one_line_break(self) -> None:
        text = extract(PAGE).text
        assert "new gate.\nIn 2022" in text
        assert "120 cm\nSecond" in text
        assert f"{STORY[0]}\n\n{STORY[1]}" in text

    def test_a_verse_keeps_its_lines(self) -> None:
        verse = "The river came to supper,<br>it took the only chair,<br><br>it asked us for the butter<br>and ate."
        text = extract(body(f"<p>{STORY[0]}</p><p>{verse}</p><p>{STORY[1]}</p>")).text
        assert "supper,\nit took the only chair,\n\nit asked" in text

    def test_inline_markup_does_not_part_words(self) -> None:
        page = body(f"<p>The <b>w</b>eir <a href='/x'>broke</a>.\n  {STORY[0]}</p><p>{STORY[1]}</p>")
        assert "The weir broke. The old" in extract(page).text

    def test_labels_side_by_side_are_parted_and_a_first_letter_is_not(self) -> None:
        labels = "<p><a href='/u'>gudrun_f</a><span>Member</span><span class='n'>since 2012</span></p>"
        page = body(f"<p>{STORY[0]}</p>{labels}<p><span class='first'>T</span><span>he weir is gone.</span></p>")
        text = extract(page, favor="recall").text + extract(f"<html><body>{labels}</body></html>").text
        assert "gudrun_f Member since 2012" in text
        assert "The weir is gone." in extract(page, favor="recall").text

    def test_a_mark_that_links_to_its_heading_is_no_text(self) -> None:
        heading = "<h2>The break<a class='headerlink' href='#b'>\u00b6</a></h2>"
        page = body(f"<p>{STORY[0]}</p>{heading}<p>{STORY[1]}</p><p>{STORY[2]}</p>")
        assert "The break\n" in extract(page).text

    def test_a_no_break_space_stays(self) -> None:
        page = body(f"<p>120&nbsp;cm of water. {STORY[0]}</p><p>{STORY[1]}</p>")
        assert "120\u00a0cm" in extract(page).text


class TestDeclarations:
    def test_become_tags_of_the_document(self) -> None:
        tags = extract(PAGE).tags
        assert tags["title"] == "Weir breaks above Lindholm"
        assert tags["author"] == "Tove Brandt"
        assert tags["date"] == "2024-03-05"
        assert tags["site"] == "The Lindholm Messenger"
        assert tags["url"] == "https://messenger.example/weir"
        assert tags["declared_language"] == "en"
        assert "flag" not in tags

    def test_linked_data_names_the_author(self) -> None:
        authors = '[{"name": "Ove Lund"}, {"name": "Siri Dahl"}]'
        article = f'{{"@type": "NewsArticle", "author": {authors}, "datePublished": "2023-11-02T05:00Z"}}'
        tags = extract(with_data(f'{{"@graph": [{article}]}}', f"<p>{STORY[0]}</p>")).tags
        assert (tags["author"], tags["date"]) == ("Ove Lund; Siri Dahl", "2023-11-02")

    @pytest.mark.parametrize("data", ["{", "[[[[", '"text"', '{"@graph": 3}', '{"@type": null, "author": 7}', ""])
    def test_broken_linked_data_is_passed_over(self, data: str) -> None:
        assert STORY[0] in extract(with_data(data, f"<p>{STORY[0]}</p>")).text


class TestLeavesAlone:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\n\n",
            "The minister resigned.\n\nNobody was surprised.\n",
            "Use <b> for bold text and <i> for slanted text.\n",
            "if a < b and b > c: return\n",
            "<quote>This is no tag that a page would have.</quote>\n",
            "# Heading\n\nSome *Markdown* with an <br> in it.\n",
            "<?xml version='1.0'?><rss version='2.0'><channel><item>One</item></channel></rss>\n",
        ],
    )
    def test_what_is_not_html(self, text: str) -> None:
        result = extract(text)
        assert result.text == text
        assert result.edits == ()

    def test_a_tag_in_a_text_counts_where_the_source_says_html(self) -> None:
        text = "Nobody was hurt.<br>The weir is gone."
        assert Chain.of(Extract()).run(text).text == text
        result = Chain.of(Extract()).run(text, source=Source(media_type="text/html"))
        assert result.text == "Nobody was hurt.\nThe weir is gone."


class TestNothingToFind:
    def test_a_page_that_needs_scripts_says_so(self) -> None:
        result = extract("<html><body><div id='app'></div><script>render()</script></body></html>")
        assert result.text == ""
        assert "no text without scripts" in flags(result)
        assert "emptied" in flags(result)

    def test_the_text_for_readers_without_scripts_is_kept(self) -> None:
        result = extract(
            "<html><body><noscript><p>Please switch scripts on.</p></noscript><script>x()</script></body></html>"
        )
        assert result.text == "Please switch scripts on."
        assert "no text without scripts" in flags(result)

    def test_a_thread_for_readers_without_scripts_is_kept_below_a_menu(self) -> None:
        games = "".join(
            f"<div class='menu'><a href='/{i}'>A game of the house, number {i}</a></div>" for i in range(30)
        )
        posts = "".join(f"<div class='post'><p>{text}</p><p>{text.upper()}</p></div>" for text in STORY * 3)
        page = f"<html><body>{games}<noscript>{posts}</noscript><script>x()</script></body></html>"
        text = extract(page).text
        assert all(paragraph in text for paragraph in STORY)
        assert "number 7" not in text

    def test_a_page_that_asks_for_scripts_keeps_what_it_shows(self) -> None:
        page = "<html><body><p>Please switch JavaScript on to read this.</p><script>x()</script></body></html>"
        result = extract(page)
        assert result.text == "Please switch JavaScript on to read this."
        assert "no text without scripts" in flags(result)

    def test_a_short_page_with_a_script_is_no_such_page(self) -> None:
        result = extract("<html><body><p>The weir broke at four.</p><script>count()</script></body></html>")
        assert result.text == "The weir broke at four."
        assert not flags(result)

    def test_a_paywall_says_so_and_its_beginning_is_kept(self) -> None:
        data = '{"@type": "NewsArticle", "isAccessibleForFree": "False"}'
        gate = "<div class='gate'><p>Subscribe to read on. Already a member? Sign in.</p></div>"
        stub = with_data(data, f"<article><h1>Weir breaks</h1><p>{STORY[0]}</p></article>{gate}")
        result = extract(stub)
        assert STORY[0] in result.text
        assert flags(result) == ["behind a paywall"]

    def test_a_page_that_is_not_free_and_all_there_is_no_stub(self) -> None:
        data = '{"@type": "NewsArticle", "isAccessibleForFree": false}'
        story = "".join(f"<p>{text} So it was in the year {1900 + i}.</p>" for i, text in enumerate(STORY * 5))
        assert not flags(extract(with_data(data, f"<article>{story}</article><p>Subscribe to our letter.</p>")))

    def test_a_cookie_wall_says_so(self) -> None:
        page = """<html><body><div class="consent"><h2>We value your privacy</h2>
<p>We and our 312 partners store cookies on your device and process personal data for advertising.</p>
<p>You can accept all cookies, or manage cookies one by one.</p><button>Accept all</button></div></body></html>"""
        result = extract(page)
        assert "We and our 312 partners" in result.text
        assert flags(result) == ["cookie wall"]

    def test_a_recipe_for_cookies_is_no_cookie_wall(self) -> None:
        recipe = "<h1>Ginger cookies</h1><p>Roll the dough out thin, and bake the cookies for eleven minutes.</p>"
        assert "cookie wall" not in flags(extract(body(recipe)))

    def test_a_story_with_a_question_about_cookies_is_no_cookie_wall(self) -> None:
        banner = "<div class='cookie-banner'><p>We use cookies. Accept all cookies or leave.</p></div>"
        result = extract(PAGE.replace("<footer>", f"{banner}<footer>"))
        assert STORY[0] in result.text
        assert not flags(result)

    def test_a_flag_reaches_the_record_and_undo(self) -> None:
        page = "<html><body><div id='app'></div><script>render()</script></body></html>"
        result = extract(page)
        assert result.tags["flag"] == "no text without scripts"
        (record,) = copydesk.read_records(list(result.record.to_lines()))
        assert "no text without scripts:extract" in [str(flag) for flag in record.flags]
        assert copydesk.undo(result.text, record) == page

    def test_the_text_beside_frames_is_kept(self) -> None:
        page = (
            f"<html><frameset cols='20%,80%'><frame src='menu.html'><noframes><p>{STORY[0]}</p></noframes></frameset>"
        )
        result = extract(page)
        assert result.text == STORY[0]
        assert flags(result) == ["frame set"]

    def test_a_frame_set_says_so(self) -> None:
        result = extract(
            "<html><frameset cols='20%,80%'><frame src='menu.html'><frame src='main.html'></frameset></html>"
        )
        assert "frame set" in flags(result)

    def test_text_that_only_linked_data_holds_is_kept(self) -> None:
        data = '{"@type": "NewsArticle", "articleBody": "' + " ".join(STORY) + '"}'
        assert STORY[1] in extract(with_data(data, '<div id="root"></div>')).text

    def test_a_description_that_only_linked_data_holds_is_kept(self) -> None:
        data = '{"@type": "Product", "name": "Weir", "description": "' + " ".join(STORY) + '"}'
        assert STORY[1] in extract(with_data(data, '<div id="root"></div>')).text

    def test_a_description_that_the_page_shows_is_not_said_twice(self) -> None:
        story = "".join(f"<p>{text}</p>" for text in STORY)
        data = '{"@type": "Product", "description": "' + " ".join(STORY) + '"}'
        assert extract(with_data(data, f"<main><h1>Weir</h1>{story}</main>")).text.count(STORY[1]) == 1

    def test_never_empty_without_a_reason(self) -> None:
        result = extract("<html><body><a href='/'>Home</a></body></html>")
        assert result.text == "Home" or flags(result)


class TestBadInput:
    @pytest.mark.parametrize(
        "page",
        [
            "<html>",
            "<html></html>",
            "<html><body></body></html>",
            "<!DOCTYPE html>",
            "<!DOCTYPE html><!-- only a comment",
            "<html>\x00<p>The weir\x00 broke.</p>",
            "<html><p>lone \ud800 surrogate \udc00 here</p>",
            "<html><p>\x01\x02\x1b\x7f\x85\u2028\u2029\ufeff\uffff</p>",
            "<p>" * 2000,
            "</div>" * 50 + "<html>",
            "<html><table><tr><td><table><tr><td>deep</td></tr></table></td></tr></table>",
            "<html><p>&#0;&#xD800;&#99999999;&nosuch;&amp</p>",
            "<html><p title='" + "x" * 100000 + "'>long attribute</p>",
            "<html><img src='data:image/png;base64," + "A" * 2000000 + "'><p>After a huge picture.</p>",
            "<html><svg><title>x</title></svg><math><mi>x</mi></math><select><option>one</select>",
            "<html><body><ul></li></ol></dl></td></pre></ul></table>",
            "<?xml version='1.0' encoding='latin-1'?><html><p>Café</p></html>",
            "<!DOCTYPE html [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><html><p>&b;</p></html>",
        ],
    )
    def test_never_raises_and_can_be_undone(self, page: str) -> None:
        result = extract(page)
        assert copydesk.undo(result.text, result.record) == page

    def test_ten_thousand_nested_elements_lose_no_text(self) -> None:
        page = "<html><body>" + "<div>" * 10_000 + STORY[0] + "</div>" * 10_000 + f"<p>{STORY[1]}</p></body></html>"
        result = extract(page)
        assert result.text == f"{STORY[0]}\n\n{STORY[1]}"
        assert "nested too deep" in flags(result)

    def test_a_page_of_very_many_lines_keeps_its_text_and_says_so(self) -> None:
        page = "<html><body>" + "".join(f"<p>{i} sheep</p>" for i in range(50_001)) + "</body></html>"
        result = extract(page)
        assert result.text.endswith("50000 sheep")
        assert "too large" in flags(result)

    def test_a_page_of_many_elements_keeps_its_text(self) -> None:
        page = (
            "<html><body><article>"
            + "".join(f"<p>{STORY[i % 4]} <i>{i}</i></p>" for i in range(40_000))
            + "</article></body>"
        )
        result = extract(page)
        assert result.text.count("\n\n") >= 39_000

    def test_entities_that_name_one_another_do_not_grow(self) -> None:
        levels = "".join(f'<!ENTITY x{i} "{f"&x{i - 1};" * 10}">' for i in range(1, 10))
        page = f'<!DOCTYPE html [<!ENTITY x0 "ha">{levels}]><html><body><p>{STORY[0]} &x9;</p></body></html>'
        result = extract(page)
        assert STORY[0] in result.text
        assert len(result.text) < len(page)

    def test_a_page_in_three_encodings_is_read_line_by_line(self) -> None:
        lines = (("utf-8", "Zoë saw the weir."), ("cp1252", "“Nobody” was hurt."), ("utf-8", "Naïve, said Łucja."))
        inner = b"".join(f"<p>{STORY[i]} {text}</p>\n".encode(name) for i, (name, text) in enumerate(lines))
        page = b'<html><head><meta charset="iso-8859-2"></head><body><article>\n' + inner + b"</article></body></html>"
        result = Chain.load("web").run(page, source=Source(media_type="text/html"))
        for _, text in lines:
            assert text in result.text
        decoded = copydesk.undo(result.text, result.record)
        assert copydesk.to_bytes(decoded, result.record) == page

    def test_two_hundred_thousand_elements(self) -> None:
        page = body("".join(f"<p>{'<i>a</i> <b>b</b> ' * 2000}{i}</p>" for i in range(50)))
        result = extract(page)
        assert len(result.document.blocks) > 40
        assert copydesk.undo(result.text, result.record) == page

    @given(st.text(max_size=300))
    def test_any_text_after_a_doctype(self, text: str) -> None:
        page = "<!DOCTYPE html>" + text
        result = extract(page)
        assert copydesk.undo(result.text, result.record) == page

    @settings(max_examples=40)
    @given(
        st.lists(
            st.sampled_from(SOUP.split()),
            max_size=60,
        )
    )
    def test_any_soup_of_tags(self, tags: list[str]) -> None:
        page = "<html>" + " word ".join(tags)
        result = extract(page)
        assert copydesk.undo(result.text, result.record) == page


COMMENTS = """<section id="comments" class="comments"><h3>2 comments</h3>
<div class="comment"><p class="comment-author">Gudrun</p><p class="comment-body">My cellar has been under water
since six in the morning, and nobody from the council has called or come to look at it.</p></div>
<div class="comment"><p class="comment-author">Halvor</p><p class="comment-body">The weir was old when my grandfather
was young. It is a wonder that it held for as long as it did, if you ask me.</p></div></section>"""


class TestOptions:
    def test_tables_can_be_left_out(self) -> None:
        assert "120 cm" in extract(PAGE).text
        assert "120 cm" not in extract(PAGE, tables=False).text

    def test_captions_can_be_left_out(self) -> None:
        figure = "<figure><img src='w.jpg'><figcaption>The weir, seen from the mill.</figcaption></figure>"
        page = PAGE.replace("<h2>", f"{figure}<h2>")
        assert "seen from the mill" not in extract(page, captions=False).text

    def test_comments_can_be_kept_or_dropped(self) -> None:
        page = PAGE.replace("<footer>", f"{COMMENTS}<footer>")
        assert "My cellar has been" not in extract(page, comments="drop").text
        kept = extract(page, comments="keep").text
        assert "My cellar has been" in kept
        assert STORY[3] in kept

    def test_reviews_of_a_product_count_as_comments(self) -> None:
        review = "<div class='review'><p>{}</p></div>"
        reviews = "".join(review.format(f"I bought two of them, and {text[0].lower()}{text[1:]}") for text in STORY)
        page = (
            "<html><head><title>Lantern</title><meta property='og:type' content='{}'></head><body><main>"
            f"<h1>Storm lantern</h1><p>{LANTERN}</p><section id='reviews'><h2>Reviews</h2>{reviews}</section></main></body>"
        )
        assert "I bought two" not in extract(page.format("product")).text
        assert LANTERN in extract(page.format("product")).text
        assert extract(page.format("product"), comments="keep").text.count("I bought two") == len(STORY)
        assert "I bought two" in extract(page.format("article")).text

    @pytest.mark.parametrize("told", [5, 60])
    def test_a_description_as_data_says_which_text_is_about_the_product(self, told: int) -> None:
        about = " ".join((LANTERN.split() * 60)[:told])
        data = f'{{"@type": "Product", "description": "&lt;p&gt;{about}&lt;/p&gt;"}}'
        page = (
            f"<html><head><title>Lantern</title><script type='application/ld+json'>{data}</script></head><body><main>"
            f"<h1>Storm lantern</h1><p>{about}</p><p>{STORY[3]}</p></main></body></html>"
        )
        root = parse(page)
        found, _ = walk(root)
        reading = read(root, found, Answer(), declared(root))
        chance = np.array([0.5] * len(found))
        changed = towards(chance, found, reading.described).tolist()
        assert [line.text for line in found] == ["Storm lantern", about, STORY[3]]
        assert changed[0] == 0.5
        if told == 5:
            assert changed == chance.tolist()
        else:
            assert changed[1] > 0.5 > changed[2]

    @pytest.mark.parametrize(("generator", "stay"), [("phpBB 3", False), ("a wiki of our own", True)])
    def test_signatures_leave_the_posts_of_a_forum(self, generator: str, stay: bool) -> None:
        post = "<div class='post'><div class='content'><p>{}</p></div><div class='signature'><p>{}</p></div></div>"
        sign = "The ice carries whoever does not ask it whether it will, and a spade never leaves my boot in winter."
        posts = "".join(post.format(text, sign if i == 1 else "") for i, text in enumerate(STORY))
        page = (
            f"<html><head><meta name='generator' content='{generator}'></head><body><h1>Weir</h1>{posts}</body></html>"
        )
        text = extract(page).text
        assert all(paragraph in text for paragraph in STORY)
        assert (sign in text) == stay

    def test_a_description_that_the_page_does_not_show_says_nothing(self) -> None:
        assert within([STORY[0], STORY[1]], [" ".join(STORY[2:])]) == [False, False]

    def test_the_record_says_what_was_left_out_as_asked(self) -> None:
        page = PAGE.replace("<footer>", f"{COMMENTS}<footer>")
        assert "as asked" not in extract(page).edits[0].why
        why = extract(page, tables=False).edits[0].why
        assert "left out as asked: table rows (3)" in why
        why = extract(page, comments="keep", favor="precision").edits[0].why
        assert "kept as asked: comments" in why or "My cellar" in extract(page, favor="precision").text

    def test_related_links_can_be_kept_or_dropped(self) -> None:
        links = "".join(f"<li><a href='/{i}'>{text[:-1]}, and what came of it</a></li>" for i, text in enumerate(STORY))
        page = PAGE.replace("<footer>", f"<div class='related'><h3>Related stories</h3><ul>{links}</ul></div><footer>")
        assert "what came of it" not in extract(page, related="drop").text
        kept = extract(page, related="keep")
        assert kept.text.count("what came of it") == len(STORY)
        marked = [block for block in kept.document.blocks if block.tags.get("part") == "related"]
        assert [block.text for block in marked if block.tags["role"] == "heading"] == ["Related stories"]

    def test_a_page_that_is_called_related_keeps_its_text(self) -> None:
        page = body(f"<div class='related-work'><p>{STORY[0]}</p><p>{STORY[1]}</p><p>{STORY[2]}</p></div>")
        assert STORY[1] in extract(page, related="drop").text

    def test_precision_keeps_no_more_and_recall_no_less(self) -> None:
        page = PAGE.replace("<footer>", f"{COMMENTS}<footer>")
        careful, middle, generous = (
            {block.text for block in extract(page, favor=favor).document.blocks}
            for favor in ("precision", "balanced", "recall")
        )
        assert careful <= middle <= generous

    def test_a_value_that_is_not_allowed_is_refused(self) -> None:
        with pytest.raises(copydesk.ConfigError, match="precision"):
            Chain.of(Extract(favor="everything"))  # type: ignore[arg-type]


class TestRepeats:
    """What a page shows twice is kept once; what is said twice on purpose stays."""

    def again(self, html: str) -> list[str]:
        found = walk(parse(html))[0]
        return [
            line.text for line, is_repeat in zip(found, repeats(found, [True] * len(found)), strict=True) if is_repeat
        ]

    def test_a_story_for_wide_and_for_narrow_screens_is_kept_once(self) -> None:
        story = "".join(f"<p>{text}</p>" for text in STORY)
        page = f"<html><body><article class='wide'>{story}</article><article class='narrow'>{story}</article></body></html>"
        result = extract(page)
        assert [result.text.count(text) for text in STORY] == [1] * len(STORY)
        assert "left out since said before: lines (4)" in result.edits[0].why

    def test_points_of_two_lists_go_and_of_three_stay(self) -> None:
        offer = "<ul><li>A lantern of solid brass</li><li>Two metres of wick</li></ul>"
        assert self.again(f"<html><p>x</p>{offer}{offer}</html>") == ["A lantern of solid brass", "Two metres of wick"]
        assert not self.again(f"<html><p>x</p>{offer * 3}</html>")

    @pytest.mark.parametrize(
        "inner",
        [
            "<p>Yes.</p><p>No.</p><p>Yes.</p>",
            "<p>The ice is in,<br>the boats are not.</p><p>The nets are dry,<br>the boats are not.</p>",
            "<table><tr><td>closed for long</td><td>1</td></tr><tr><td>closed for long</td><td>1</td></tr></table>",
            "<pre>open the gate()</pre><pre>open the gate()</pre>",
        ],
    )
    def test_what_is_meant_stays(self, inner: str) -> None:
        assert not self.again(f"<html>{inner}</html>")


class TestWhoWantedIt:
    def test_every_block_says_which_reader_wanted_it(self) -> None:
        blocks = extract(PAGE).document.blocks
        assert {block.tags["from"] for block in blocks} <= {"both", "classifier"}
        assert next(block for block in blocks if block.text == STORY[0]).tags["from"] == "both"

    def test_text_from_data_says_so(self) -> None:
        data = '{"@type": "NewsArticle", "articleBody": "' + " ".join(STORY) + '"}'
        blocks = extract(with_data(data, '<div id="root"></div>')).document.blocks
        assert {block.tags["from"] for block in blocks} == {"trafilatura"}

    @pytest.mark.parametrize(
        ("inner", "is_asked"),
        [
            ("<p>" + "<b>dam</b> <i>held</i> " * 1500 + "</p>", True),
            ("<p>" + "<b>dam</b> <i>held</i> " * 2500 + "</p>", False),
            ("<p>" + "<span>dam</span>" * 5000 + "</p>", False),
            ("<p>" + "dam<br>" * 5000 + "</p>", False),
            ("<table><tr>" + "<td>dam</td>" * 5000 + "</tr></table>", False),
            (f"<p>{STORY[2]} <b>dam</b></p>" * 5000, True),
            ("<table>" + "<tr><td>dam</td><td>held</td></tr>" * 3000 + "</table>", True),
            ("<p>dam</p>" * 31_000, False),
        ],
        ids=["inline", "more inline", "spans", "breaks", "cells", "paragraphs", "rows", "more paragraphs"],
    )
    def test_the_first_reader_is_not_asked_where_it_would_take_too_long(
        self, monkeypatch: pytest.MonkeyPatch, inner: str, *, is_asked: bool
    ) -> None:
        """Its time grows with the square of what stands in one block; no page loses its story by that."""
        import trafilatura

        calls = []

        def count(*_: object, **__: object) -> None:
            calls.append(1)

        monkeypatch.setattr(trafilatura, "bare_extraction", count)
        story = "".join(f"<p>{paragraph}</p>" for paragraph in STORY)
        result = extract(f"<html><body><article><h1>The dam held</h1>{story}{inner}</article></body></html>")
        assert bool(calls) is is_asked
        for paragraph in STORY:
            assert paragraph in result.text

    def test_without_the_first_reader_the_second_finds_the_story(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A first reader that fails or finds nothing costs no page."""
        import trafilatura

        def fail(*_: object, **__: object) -> None:
            raise RecursionError

        monkeypatch.setattr(trafilatura, "bare_extraction", fail)
        result = extract(PAGE)
        for paragraph in STORY:
            assert paragraph in result.text
        assert "Imprint" not in result.text
        assert {block.tags["from"] for block in result.document.blocks} == {"classifier"}


class TestLinesOfOneShape:
    """What comes out of one template belongs to the main text together."""

    def reading(self, inner: str) -> Reading:
        root = parse(f"<html><head><meta property='og:type' content='product'></head><body>{inner}</body></html>")
        return read(root, walk(root)[0], Answer(), declared(root))

    def test_a_short_post_stays_with_the_others_and_a_date_goes_with_the_others(self) -> None:
        post = '<div class="post"><p class="body">{}</p><p class="on">{}</p></div>'
        posts = ((STORY[0], "Monday"), ("Well said.", "Tuesday"), (STORY[1], "Friday"), (STORY[2], "Sunday"))
        reading = self.reading("".join(post.format(*one) for one in posts))
        assert [line.text for line in reading.lines[2:4]] == ["Well said.", "Tuesday"]
        shared = together(reading, np.array([0.9, 0.2, 0.3, 0.6, 0.9, 0.2, 0.9, 0.2]))
        assert shared[2] > 0.5 > shared[3]

    def test_fewer_than_three_lines_are_judged_one_by_one(self) -> None:
        assert list(together(self.reading(f"<p>{STORY[0]}</p><p>Share</p>"), np.array([0.9, 0.1]))) == [0.9, 0.1]


class TestLean:
    """How sure to be depends on the kind of page that the page declares."""

    def chance(self, declared_type: str, inner: str) -> list[float]:
        root = parse(with_data(f'{{"@type": "{declared_type}"}}', inner))
        reading = read(root, walk(root)[0], Answer(), declared(root))
        return together(reading, np.array([0.6] * len(reading.lines))).tolist()

    def test_a_line_in_doubt_is_less_likely_on_news_than_on_other_articles(self) -> None:
        news, article, event = (self.chance(one, f"<p>{STORY[0]}</p>") for one in ("NewsArticle", "Article", "Event"))
        assert news[0] < article[0] < event[0]

    @pytest.mark.parametrize("declared_type", ["NewsArticle", "Article"])
    def test_what_an_article_quotes_is_not_leaned_against(self, declared_type: str) -> None:
        quoted, own = self.chance(declared_type, f"<blockquote>{STORY[0]}</blockquote><p>{STORY[1]}</p>")
        assert quoted == 0.6 > own

    def test_of_several_types_news_counts(self) -> None:
        data = '{"@graph": [{"@type": "Article"}, {"@type": ["NewsArticle"]}]}'
        root = parse(with_data(data, f"<p>{STORY[0]}</p>"))
        assert kind_of(root, declared(root)) == "news"


class TestChoice:
    """The choice among lines, given how likely each is to belong to the main text."""

    def lines(self, html: str) -> list[Line]:
        return walk(parse(html))[0]

    def test_the_rest_of_a_table_comes_along(self) -> None:
        rows = "".join(f"<tr><td>winter {i}</td><td>closed for long</td></tr>" for i in range(5))
        found = self.lines(f"<html><p>{STORY[0]}</p><table>{rows}</table><p>Imprint</p></html>")
        assert stays(found, [0.9, 0.8, 0.8, 0.8, 0.8, 0.3, 0.3]) == [True, True, True, True, True, True, False]

    def test_a_link_of_a_word_by_itself_has_to_be_likely(self) -> None:
        found = self.lines(f"<html><p>{STORY[0]}</p><p><a href='#'>Print</a></p><p>{STORY[1]}</p><p>Note.</p></html>")
        assert stays(found, [0.9, 0.6, 0.9, 0.6]) == [True, False, True, True]
        assert stays(found, [0.9, 0.8, 0.9, 0.6]) == [True, True, True, True]

    def test_so_has_a_list_of_such_links(self) -> None:
        bar = "".join(f"<li><a href='#'>{name}</a></li>" for name in ("Share", "Tweet", "Print"))
        found = self.lines(f"<html><ul>{bar}</ul><p>{STORY[0]}</p></html>")
        assert stays(found, [0.6, 0.6, 0.6, 0.9]) == [False, False, False, True]
        assert stays(found, [0.8, 0.8, 0.8, 0.9]) == [True, True, True, True]

    def test_one_item_alone_of_a_long_list_does_not(self) -> None:
        items = "".join(f"<li>entry number {i}</li>" for i in range(9))
        found = self.lines(f"<html><p>{STORY[0]}</p><ul>{items}</ul></html>")
        assert stays(found, [0.9, 0.6, *[0.01] * 8]) == [True, *[False] * 9]

    @given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 50)), max_size=30))
    def test_what_is_taken_is_at_least_as_likely_as_what_is_left(self, pairs: list[tuple[float, int]]) -> None:
        chance, words = [round(one, 3) for one, _ in pairs], [float(count) for _, count in pairs]
        taken = select(chance, words)
        kept = [one for one, is_taken in zip(chance, taken, strict=True) if is_taken]
        left = [one for one, is_taken in zip(chance, taken, strict=True) if not is_taken]
        assert not kept or not left or min(kept) > max(left)


def test_same_page_same_text_in_another_process_and_order() -> None:
    """Two pages in either order, here and in a process with another hash seed, give the same."""
    other = PAGE.replace("Lindholm", "Vrangby")
    here = [extract(PAGE).text, extract(other).text]
    assert [extract(other).text, extract(PAGE).text] == here[::-1]
    code = (
        "import sys, copydesk; from copydesk_stages.extract import Extract; "
        "sys.stdout.reconfigure(encoding='utf-8', newline=''); "
        "print(copydesk.Chain.of(Extract()).run(sys.stdin.read()).text, end='')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=PAGE, capture_output=True, text=True, encoding="utf-8", check=True,
        env={"PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert done.stdout == here[0]


def test_a_pickled_stage_does_the_same() -> None:
    stage = pickle.loads(pickle.dumps(Extract(favor="recall")))
    assert Chain.of(stage).run(PAGE).text == extract(PAGE, favor="recall").text


def test_importing_the_stage_imports_nothing_heavy() -> None:
    code = (
        "import sys, copydesk_stages.extract; print([m for m in ('trafilatura', 'lxml', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
