"""Page markers: what goes, what stays, whatever the dress they come in."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

import copydesk
from copydesk import Chain, ConfigError, Document
from copydesk_stages.markers import Markers
from copydesk_stages.markers.folding import words
from copydesk_stages.markers.tables import languages, lexicon, parse
from copydesk_stages.markers.wording import noun

CHAIN = Chain.of(Markers())
FERRY = "The ferry to Halsholm will run again from Monday, the harbour board said after a meeting of many hours."
ENGINE = "Two of its four engines had failed in the first frost of the year, and nobody could find the parts in time."


def clean(*blocks: str, language: str | None = None, stage: Markers | None = None) -> list[str]:
    """Run markers alone over these blocks and return those that stay."""
    document = Document.from_blocks(blocks, tags={"language": language} if language else None)
    return [block.text for block in Chain.of(stage or Markers()).run(document).document.blocks]


def tagged(text: str) -> list[str]:
    """Return the blocks that carry the tag of a tag line."""
    result = CHAIN.run(text)
    return [block.text for block in result.document.blocks if block.tags.get("marker") == "tag-line"]


@pytest.mark.parametrize(
    "marker",
    [
        "Advertisement", "ADVERTISEMENT", "advertisement:", "Share", "SHARE", "Share Share", "Ａｄｖｅｒｔｉｓｅｍｅｎｔ",
        "• Read more", "▶ Read more »", "🔗 Copy link", "*** Subscribe now ***", "Read more…", "[Advertisement]",
        "Share on Facebook", "Share on X", "Facebook Twitter WhatsApp", "1,204 shares", "Share Tweet Email Print",
        "ShareTweetEmail", "Home | News | Sport", "5 min read", "Updated 4 hours ago", "Published 12 March 2021",
        "Monday 12 March 2021 09:15 GMT", "Photo: Ada Vale", "Photo by Tom Reed/AFP", "Ada Vale/Bloomberg",
        "The old pier (Image: Northwire)", "Source: Reuters", "By Ada Vale", "By Ada Vale, staff writer",
        "© 2021 The Halsholm Courier", "Read more: Harbour board counts its engines", "More from Ada Vale",
        "Click here to get our letter every morning", "12 Comments", "Comments (0)",
    ],
)  # fmt: skip
def test_a_marker_in_any_dress_goes(marker: str) -> None:
    """Case, width, bullets, emoji, closing marks, repeats and names do not hide a marker."""
    assert clean(FERRY, marker, ENGINE) == [FERRY, ENGINE]


@pytest.mark.parametrize(
    "text",
    [
        "Share prices", "LONDON (Reuters)", "(Reuters)", "Reuters", "Advertisement was his trade.", "“Share.”", "Share.",
        "Read more slowly", "Comments from the harbour", "By royal appointment", "Source: Halsholm harbour board",
        "Photo finish", "1. Facebook", "Facebook: $12", "print(error)", "1919", "12 %", "— Ada Vale", "Ada Vale",
        "HALSHOLM, March 12 (Northwire) -- The ferry runs.", "Date: Fri, 1 Feb 2002", "ADVERTISEMENTS ARE BANNED",
        "Then Labour (left) and the Greens (right) walked out of the room.", "It was all over © Ada Vale",
        "The law says that all rights go to the holder © Harbour Post", "By Land and Sea", "By the Light of the Moon",
        "Photo: a hobby that costs more each year", "Freezing Your Credit: How It Works", "Keystone, South Dakota",
        "He lost it all (Credit: the bank)", "Copyright law of 1911 and what came of it",
    ],
)  # fmt: skip
def test_marker_words_in_a_larger_block_stay(text: str) -> None:
    """A marker is a marker only as a whole, and datelines and agency marks are none."""
    assert clean(FERRY, text, ENGINE) == [FERRY, text, ENGINE]


NOTE = "Ada Vale is a reporter for the Harbour Post."


def test_a_note_on_the_author_goes_where_it_closes_an_article_that_does_not_speak_of_her() -> None:
    """Anywhere else somebody who writes is whom the text is about."""
    assert clean(FERRY, ENGINE, NOTE) == [FERRY, ENGINE]
    about = f"{ENGINE} Vale had warned of it."
    for blocks in ((NOTE, FERRY, ENGINE), (FERRY, NOTE, ENGINE), (FERRY, about, NOTE), (NOTE,), ("Who asks:", NOTE)):
        assert clean(*blocks) == list(blocks)


def test_a_text_that_introduces_many_people_is_about_them() -> None:
    """A programme has notes on authors among its speakers."""
    speakers = [f"{name} is an editor at Northwire." for name in ("Ada Vale", "Tom Reed", "Lena Moor")]
    assert clean(FERRY, ENGINE, *speakers[:2]) == [FERRY, ENGINE]
    assert clean(FERRY, ENGINE, *speakers) == [FERRY, ENGINE, *speakers]
    others = ["Tom Reed is a plumber in Oslo.", "Lena Moor is the mayor of Halsholm."]
    assert clean(FERRY, ENGINE, *others, NOTE) == [FERRY, ENGINE, *others, NOTE]


@pytest.mark.parametrize(
    "said", ["a reporter on trial.", "a photographer arrested in Oslo, police said.", "an editor and teaches in Oslo."]
)
def test_a_note_on_the_author_says_the_job_and_the_paper_only(said: str) -> None:
    """What else is said of somebody is news; of the dead it is said in the past."""
    assert clean(FERRY, ENGINE, f"Ada Vale is {said}") == [FERRY, ENGINE, f"Ada Vale is {said}"]
    dead = "Ada Vale was a reporter for the Harbour Post."
    assert clean(FERRY, ENGINE, dead) == [FERRY, ENGINE, dead]


def test_an_exact_phrase_is_certain_and_a_shape_is_not() -> None:
    """What no guard may take back is only what the lexicon says word for word."""
    result = CHAIN.run(Document.from_blocks([FERRY, "Advertisement", ENGINE, "Photo: Ada Vale", FERRY]))
    scores = {change.old: change.score for change in result.edits}
    assert scores["Advertisement"] == 1.0
    assert scores["Photo: Ada Vale"] is not None
    assert scores["Photo: Ada Vale"] < 1


def test_the_rule_is_the_category_and_the_reason_is_for_a_person() -> None:
    """An editor reads why a line went."""
    (change,) = CHAIN.run(f"{FERRY}\n\nAdvertisement\n\n{ENGINE}\n").edits
    assert change.rule == "advertisement"
    assert change.why == "is nothing but an advertising mark"


def test_every_rule_of_a_lexicon_has_its_words() -> None:
    """No category goes without a noun that an editor understands."""
    rules = {entry.rule for code in languages() for kind in lexicon(code).kinds.values() for entry in kind.values()}
    assert {noun(rule) for rule in rules} & {"words of a page"} == set()


def test_given_blocks_are_judged_whole() -> None:
    """A block that the caller made is not split again."""
    assert clean("Share\nthe bread", "Share") == ["Share\nthe bread"]


def test_a_document_of_markers_comes_out_empty_and_flagged() -> None:
    """Nothing but certain markers is nothing."""
    result = CHAIN.run("Share\n\nAdvertisement\n\nRead more\n\nLeave a comment\n")
    assert not result.text.strip()
    assert [flag.name for flag in result.flags] == ["emptied"]


def test_a_heading_stays_where_the_text_below_it_speaks_of_it() -> None:
    """The same word is a label between strangers."""
    below = "Several readers of the draft sent comments, and all of them asked about the second engine."
    assert clean(FERRY, "Comments", below) == [FERRY, "Comments", below]
    assert clean(FERRY, "Comments", ENGINE) == [FERRY, ENGINE]


def test_section_names_stay_where_they_head_the_parts_of_an_article() -> None:
    """Three sections in one article are its own sub-headings; one is the page's."""
    survey = [FERRY, "Politics", ENGINE, "Economy", FERRY, "Culture", ENGINE]
    assert clean(*survey) == survey
    assert clean(FERRY, "Politics", ENGINE, FERRY) == [FERRY, ENGINE, FERRY]


@pytest.mark.parametrize("lead", ["The school offers:", "The school offers"])
def test_lists_of_marker_words_stay(lead: str) -> None:
    """A list after a colon, or of several such words, belongs to the text."""
    listed = [f"{FERRY} {lead}", "Cricket", "Tennis", "Golf", ENGINE]
    assert clean(*listed) == listed


def test_words_of_other_languages_wait_for_the_language_tag() -> None:
    """`Del` asks to share in Danish and means "of the" elsewhere."""
    assert clean(FERRY, "Del", ENGINE) == [FERRY, "Del", ENGINE]
    assert clean(FERRY, "Del", ENGINE, language="es") == [FERRY, "Del", ENGINE]
    assert clean(FERRY, "Del", ENGINE, language="da") == [FERRY, ENGINE]


@pytest.mark.parametrize("tag", ["de", "de-AT", "DE", "de_CH"])
def test_regions_and_spelling_of_a_tag_do_not_matter(tag: str) -> None:
    """A tag is read by its language."""
    assert clean(FERRY, "Von Ada Vale", ENGINE, language=tag) == [FERRY, ENGINE]


def test_norwegian_is_one_lexicon_under_three_tags() -> None:
    """`no`, `nb` and `nn` read the same words."""
    assert all(clean(FERRY, "Del", ENGINE, language=tag) == [FERRY, ENGINE] for tag in ("no", "nb", "nn"))


@pytest.mark.parametrize("tag", ["xx", "", "und", "x-private", "🙂"])
def test_an_unknown_language_gets_the_safe_phrases_of_all(tag: str) -> None:
    """A tag without a lexicon is as good as none."""
    assert clean(FERRY, "Publicidad", "Von Ada Vale", ENGINE, language=tag) == [FERRY, "Von Ada Vale", ENGINE]


def test_a_block_has_a_language_of_its_own() -> None:
    """A German paragraph in an English document brings its lexicon along."""
    document = Document.from_blocks([FERRY, "Von Ada Vale", ENGINE], tags={"language": "en"})
    tag = [copydesk.SetTag("language", "de", 1, rule="test")]
    result = Chain.of(_Fixed(tuple(tag)), Markers()).run(document)
    assert [block.text for block in result.document.blocks] == [FERRY, ENGINE]


class _Fixed:
    """A stage that proposes given edits."""

    def __init__(self, edits: tuple[copydesk.Edit, ...]) -> None:
        self.edits = edits

    def __call__(self, document: Document) -> tuple[copydesk.Edit, ...]:
        return self.edits


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"Advertisement{FERRY}", FERRY),
        (f"ADVERTISEMENT{FERRY}", FERRY),
        (f"Advertisement“{FERRY}”", f"“{FERRY}”"),
        (f"{FERRY}Advertisement", FERRY),
        (f"{FERRY} Story continues below advertisement", FERRY),
        (f"Advertisement{FERRY}Advertisement", FERRY),
    ],
)
def test_a_glued_marker_is_cut_off(text: str, left: str) -> None:
    """A sentence follows or ends without a space: the layout was lost there."""
    assert clean(text, ENGINE) == [left, ENGINE]


@pytest.mark.parametrize(
    "text",
    [
        "Advertisements are banned on the pier now.", "ADVERTISEMENTS ARE BANNED on the pier now.",
        "Advertisementless pages are what the reader wants.", "He said that this was no advertisement",
        "AdvertisementThe pier", f"{FERRY} Advertisement", "Anzeigenblatt und Werbungskosten sind ein weites Feld hier.",
    ],
)  # fmt: skip
def test_what_only_looks_glued_stays(text: str) -> None:
    """Longer words, too little text, and a marker behind a space are left alone."""
    assert clean(text, ENGINE) == [text, ENGINE]


def test_a_closing_name_is_flagged_and_kept() -> None:
    """The article spells it, with or without its diacritics, as a whole or in part."""
    article = f"{FERRY}\n\n{ENGINE} “We begged Åsgård”, said the captain of the other ferry.\n\n"
    assert tagged(article + "Erlend Asgard\n") == ["Erlend Asgard"]
    assert CHAIN.run(article + "Erlend Asgard\n").text == article + "Erlend Asgard\n"


@pytest.mark.parametrize("last", ["Ada Vale", "Halsholm is an island", "Halsholm.", "halsholm", "Halsholm, Monday"])
def test_other_closing_blocks_are_no_tag_lines(last: str) -> None:
    """A name that the article does not know, a sentence and a lower-case word are not a page's tags."""
    assert tagged(f"{FERRY}\n\n{ENGINE}\n\n{last}\n") == []


def test_markers_below_a_tag_line_do_not_hide_it() -> None:
    """What closes the article is looked for after the markers are gone."""
    assert tagged(f"{FERRY}\n\n{ENGINE}\n\nHalsholm\n\nShare\n") == ["Halsholm"]


def test_add_and_keep() -> None:
    """A site's own phrases go, and those it wants stay, even glued ones."""
    stage = Markers(add=("The Courier needs {caps}", "Ahoy"), keep=("Share", "Advertisement"))
    glued = f"Advertisement{FERRY}"
    given = [glued, "SHARE", "ahoy!", "The Courier needs Ada Vale", "The Courier needs you", ENGINE]
    assert clean(*given, stage=stage) == [glued, "SHARE", "The Courier needs you", ENGINE]


def test_languages_may_be_fixed() -> None:
    """The option outweighs the tag."""
    stage = Markers(languages=("da",))
    assert clean(FERRY, "Del", "Publicidad", ENGINE, language="es", stage=stage) == [FERRY, "Publicidad", ENGINE]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"add": ("Hello {name}",)}, r"add: 'Hello \{name\}' holds '\{name\}'; placeholders are \{n\}"),
        ({"add": ("***",)}, r"add: '\*\*\*' has no word"),
        ({"add": ("x" * 500,)}, "has 500 characters; a phrase has at most 200"),
        ({"keep": ("{caps} and {caps}",)}, r"keep: .* more than once"),
        ({"languages": ("klingon",)}, "no lexicon for 'klingon'; there are ar, cs"),
    ],
)
def test_options_that_cannot_be_used_are_refused_by_name(options: dict[str, tuple[str, ...]], message: str) -> None:
    """The message says what was found and what is allowed."""
    with pytest.raises(ConfigError, match=message):
        Markers(**options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("language = ", "own.toml: no valid TOML"),
        ("[share-bar]\nphrases = ''", "own.toml: has to begin with language"),
        ('language = "xx"\n[Share]\nphrases = ""', "'Share' has to be a table named in lower case"),
        ('language = "xx"\n[share]\nphrase = ""', r"\[share\] phrase: unknown; a table has phrases"),
        ('language = "xx"\n[share]\nphrases = [1]', r"\[share\] phrases: has to be one text"),
        ('language = "xx"\n[share]\nphrases = "a {b} c"', r"own.toml, \[share\] phrases: 'a \{b\} c' holds"),
        ('language = "xx"\n[share]\nphrases = "(a+)+$ {n"', r"holds '\{n'"),
    ],
)
def test_a_bad_lexicon_is_named_with_file_table_and_phrase(text: str, message: str) -> None:
    """Nothing in a lexicon is a regular expression; what cannot be a phrase is an error."""
    with pytest.raises(ConfigError, match=message):
        parse(text, "own.toml")


def test_a_phrase_is_never_run_as_a_pattern() -> None:
    """What would be catastrophic as a regular expression is four plain letters."""
    stage = Markers(add=("(a+)+$",))
    assert clean(FERRY, "a" * 150 + "!", "a", ENGINE, stage=stage) == [FERRY, "a" * 150 + "!", ENGINE]


def test_there_are_lexicons_for_more_than_twenty_languages() -> None:
    """Each has the categories that every news page has."""
    assert len(languages()) > 20
    for code in languages():
        rules = {entry.rule for entry in lexicon(code).kinds["phrases"].values()}
        assert {"advertisement", "share-bar", "related-link", "most-read", "comments", "subscribe"} <= rules, code


@pytest.mark.parametrize("code", languages())
def test_every_phrase_of_a_lexicon_is_found_in_a_text_of_its_language(code: str) -> None:
    """Each certain phrase goes in a text of its language, as it is written."""
    certain = [key for key, entry in lexicon(code).kinds["phrases"].items() if entry.grade == "sure" and len(key) > 2]
    for key in certain:
        phrase = " ".join(key).replace("{n}", "3").replace("{network}", "Facebook").replace("{caps}", "Ada")
        if words(phrase) == key or "{caps}" in key:
            assert clean(FERRY, phrase.capitalize() if "Ada" not in phrase else phrase, ENGINE, language=code) == [
                FERRY,
                ENGINE,
            ], phrase


def test_pickled_and_again() -> None:
    """A stage works in another process and gives the same again."""
    stage = pickle.loads(pickle.dumps(Markers(add=("Ahoy",), keep=("Share",))))
    assert clean(FERRY, "Ahoy", "Share", stage=stage) == [FERRY, "Share"]
    text = f"Share\n\n{FERRY}\n\nPolitics\n\nAhoy\n\n{ENGINE}\n"
    first = [change.to_json() for change in CHAIN.run(text).edits]
    CHAIN.run("Publicité\n\nReklama\n")
    assert [change.to_json() for change in CHAIN.run(text).edits] == first


def test_lexicons_are_not_read_by_a_chain_that_never_runs() -> None:
    """Making a chain costs no lexicon."""
    code = (
        "import copydesk\n"
        "from copydesk_stages.markers import Markers, tables\n"
        "from copydesk_stages.markers.tables import lexicon\n"
        "copydesk.Chain.of(Markers())\n"
        "assert lexicon.cache_info().currsize == 0\n"
        "copydesk.Chain.of(Markers()).run(copydesk.Document('Share', tags={'language': 'en'}))\n"
        "assert lexicon.cache_info().currsize == 1\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


_PIECES = st.sampled_from(
    [
        "Share",
        "Advertisement",
        "Read more",
        FERRY,
        "Politics",
        "12",
        "Facebook",
        "Ada Vale",
        "{caps}",
        "— ",
        "：",
        "\t",
        "",
    ]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=30)), max_size=12), st.sampled_from(["und", "en", "de", "ja"]))
def test_any_text_is_cut_by_whole_blocks_and_comes_back(blocks: list[str], language: str) -> None:
    """Whatever the blocks, each stays as it is or goes, or loses what is glued to it; undo brings all back."""
    document = Document.from_blocks(blocks, tags={"language": language})
    result = CHAIN.run(document)
    glued = [change for change in result.edits if change.kind == "replace"]
    kept = [block.text for block in result.document.blocks]
    assert glued or all(text in blocks for text in kept)
    assert copydesk.undo(result.text, result.record) == document.text


@given(st.text(max_size=400))
def test_any_text_runs(text: str) -> None:
    """No text makes the stage raise."""
    assert len(CHAIN.run(text).text) <= len(text)


@pytest.mark.parametrize("code", languages())
def test_no_phrase_stands_twice_in_a_lexicon(code: str) -> None:
    """Twice would be two rules for one phrase, or certain and doubtful at once."""
    text = (files("copydesk_stages.markers") / "lexicon" / f"{code}.toml").read_text(encoding="utf-8")
    places: dict[tuple[str, ...], list[str]] = {}
    for rule, table in tomllib.loads(text).items():
        for kind in ("phrases", "local", "weak") if rule != "language" else ():
            for line in table.get(kind, "").splitlines():
                if line and not line.startswith("#"):
                    places.setdefault(words(line), []).append(f"{rule}/{kind}: {line}")
    assert [found for found in places.values() if len(found) > 1] == []


@pytest.mark.parametrize(
    ("language", "credit", "sentence"),
    [
        ("en", "Photo: Ada Vale.", "Photo: he took it with him everywhere."),
        ("de", "Foto: Ada Vale", "Foto: Er nahm es überallhin mit."),
        ("fr", "Photo : Ada Vale", "Photo : il la portait toujours sur lui."),
        ("es", "Foto: Ada Vale", "Foto: la llevaba siempre consigo."),
        ("it", "Foto: Ada Vale", "Foto: la portava sempre con sé."),
        ("pt", "Foto: Ada Vale", "Foto: ele levava sempre consigo."),
        ("nl", "Foto: Ada Vale", "Foto: hij nam haar overal mee."),
        ("ru", "Фото: Ада Вейл", "Фото: он всегда носил его с собой."),
        ("tr", "Fotoğraf: Ada Vale", "Fotoğraf: onu hep yanında taşırdı."),
        ("pl", "Foto: Ada Vale", "Foto: zawsze nosił je przy sobie."),
        ("sv", "Foto: Ada Vale", "Foto: han bar den alltid med sig."),
        ("ar", "تصوير: آدا فيل", "تصوير: كان يحملها معه دائما."),
        ("zh", "图片：新华社", "图片：他总是带着它。"),
        ("ja", "写真：共同通信", "写真：彼はいつもそれを持っていた。"),
    ],
)
def test_a_label_goes_with_a_name_and_stays_with_a_sentence(language: str, credit: str, sentence: str) -> None:
    """What a credit or a link names goes; a sentence that closes with a full stop is the text's own."""
    assert clean(FERRY, credit, sentence, FERRY, language=language) == [FERRY, sentence, FERRY]


@pytest.mark.parametrize(
    ("alone", "beside"),
    [("- Share", "- Harbour Lights"), ("4. Share", "3. Harbour Lights"), ("share: 1", "name: frob")],
)
def test_what_goes_alone_stays_among_others_of_its_shape(alone: str, beside: str) -> None:
    """A list of which some items are no markers stays whole, as do numbered headings and the fields of a file."""
    assert clean(FERRY, alone, FERRY, language="en") == [FERRY, FERRY]
    assert clean(FERRY, beside, alone, FERRY, language="en") == [FERRY, beside, alone, FERRY]
    site = Markers(add=(alone,))
    assert clean(FERRY, beside, alone, FERRY, language="en", stage=site) == [FERRY, beside, FERRY]


@pytest.mark.parametrize(
    "blocks",
    [
        ("Share", "====="),
        ("SEE ALSO", "lamp(1), wick(5)", "COPYRIGHT", "Copyright 2011 Ada Vale"),
        ("---", "author: Ada Vale", "---"),
        ("## Share",),
        ("Privacy Policy share",),
        ("Photo: Nobody believes it!",),
    ],
)
def test_headings_and_fields_of_text_files_stay(blocks: tuple[str, ...]) -> None:
    """How a file of text marks up its headings and fields tells that they are its own."""
    assert clean(FERRY, *blocks, FERRY, language="en") == [FERRY, *blocks, FERRY]


def test_a_count_stays_where_the_sentence_goes_on_below() -> None:
    """A sentence may have a count in a line of its own."""
    assert clean(FERRY, "5 comments", "The plan is new.", FERRY, language="en") == [FERRY, "The plan is new.", FERRY]
    said = [FERRY, "The board got", "5 comments", "on the plan.", FERRY]
    assert clean(*said, language="en") == said
