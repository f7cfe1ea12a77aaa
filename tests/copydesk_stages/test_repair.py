"""`repair`: what it mends, and what it leaves alone."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import Chain, Document, InputError, undo
from copydesk_stages.letters import unlikeliness
from copydesk_stages.repair import Repair, gate, mojibake, reading, words

CHAIN = Chain.of(Repair())
SENTENCES = [
    "Übermorgen öffnet die Brücke, sagte Frau Größner.",
    "L’été, la rivière déborde : c’est arrivé trois fois.",
    "Мост через реку открыли утром, и первые машины поехали.",
    "Η γέφυρα πάνω από το ποτάμι άνοιξε το πρωί.",
    "Příliš žluťoučký kůň úpěl ďábelské ódy.",
    "גשר חדש מעל הנהר נפתח הבוקר",
    "افتتح الجسر الجديد فوق النهر صباح اليوم",
    "สะพานข้ามแม่น้ำเปิดเมื่อเช้านี้",
    "川にかかる橋は朝に開通した。",
    "नदी पर बना पुल सुबह खुला",
]
ROADS = ["latin-1", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "cp437", "cp866", "koi8-r"]


def repair(text: str) -> str:
    return CHAIN.run(text).text


def misread(text: str, charset: str) -> str:
    """Return what UTF-8 looks like when it is read as `charset`, undefined bytes as C1 controls."""
    read = []
    for byte in text.encode():
        try:
            read.append(bytes([byte]).decode(charset))
        except UnicodeDecodeError:
            read.append(chr(byte))
    return "".join(read)


@pytest.mark.parametrize("charset", ROADS)
@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_that_was_misread_is_read_back(text: str, charset: str) -> None:
    """Whatever the language and the charset."""
    result = CHAIN.run(misread(text, charset))
    assert result.text == text
    assert {edit.rule for edit in result.edits} == {"mojibake"}
    assert undo(result.text, result.record) == misread(text, charset)


@pytest.mark.parametrize("text", SENTENCES)
def test_misread_twice(text: str) -> None:
    """Twice along the same road."""
    assert repair(misread(misread(text, "cp1252"), "cp1252")) == text


@pytest.mark.parametrize("text", SENTENCES)
def test_clean_text_is_left_alone(text: str) -> None:
    """As it stands and in capitals."""
    assert not CHAIN.run(text).changed
    assert not CHAIN.run(text.upper()).changed


@pytest.mark.parametrize(
    "text",
    [
        "Im Café „Größe“ kostet der Kaffee 3 € – oder 4,50 €.",
        "RENÉ® IRMÃ CORAÇÃO ÇÃO À LA CARTE Â",
        "¿Qué? ¡No! 20 °C ± 2, § 5, ½ Liter, x² + y³",
        "├── src\n└── tests\n",
        "«Ёлки», сказал он. Её ёжик — мой.",
        "RAZ ZA PÄŤ ROKOV, SĽÚBIL STAROSTA",
        "(╯°□°)╯︵ ┻━┻ ¯\\_(ツ)_/¯",
        "می‌شود and क्‍ष keep their joiners",
        "AT&T; R&D; see &lt;b&gt; for bold",
        "a\r\nb\r\n",
        "ไทย\u200bไทย",
    ],
)
def test_what_looks_odd_and_is_right_is_left_alone(text: str) -> None:
    """Byte for byte."""
    assert CHAIN.run(text).edits == ()


def test_one_word_in_a_clean_sentence() -> None:
    """The word is mended and the edit covers it alone, with the road that it took."""
    result = CHAIN.run("Le café est fermé, dit Mme GrÃ©goire à l’entrée.")
    assert result.text == "Le café est fermé, dit Mme Grégoire à l’entrée."
    (edit,) = result.edits
    assert edit.old == "GrÃ©goire"
    assert "<- utf-8" in edit.why


@pytest.mark.parametrize(
    ("damaged", "mended", "rule"),
    [
        ("It\x92s \x93late\x94", "It’s “late”", "c1-control"),
        ("bell\x07 and \x00", "bell and ", "control"),
        ("\x1b[31mred\x1b[0m", "red", "terminal-escape"),
        ("\ufeffStart", "Start", "byte-order-mark"),
        ("zero\u200bwidth", "zerowidth", "zero-width-space"),
        ("hy\xadphen", "hyphen", "soft-hyphen"),
        ("a\r\nb\nc\n", "a\nb\nc\n", "line-ending"),
        ("a\r\nb\r\nc\n", "a\r\nb\r\nc\r\n", "line-ending"),
        ("caf&eacute; cr&egrave;me", "café crème", "entity"),
        ("\ud83d\ude00 \ud800", "😀 \ufffd", "surrogate"),
    ],
)
def test_small_damage(damaged: str, mended: str, rule: str) -> None:
    """Each with a rule of its own."""
    result = CHAIN.run(damaged)
    assert result.text == mended
    assert {edit.rule for edit in result.edits} == {rule}


def test_entities_of_misread_text() -> None:
    """Two damages on top of one another are one edit that names both."""
    result = CHAIN.run("Gr&Atilde;&copy;goire et Andr&Atilde;&copy;")
    assert result.text == "Grégoire et André"
    assert "entity" in result.edits[0].why
    assert "<- utf-8" in result.edits[0].why


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("Type &amp;lt;em&amp;gt; for stress; th&eacute; glac&eacute;", "Type &lt;em&gt; for stress; thé glacé"),
        ("&amp;amp;reg; makes the mark; th&eacute; glac&eacute;", "&amp;reg; makes the mark; thé glacé"),
    ],
)
def test_entities_that_are_talked_about_lose_one_layer_only(damaged: str, mended: str) -> None:
    """In the first run and in any further one."""
    assert repair(damaged) == mended
    assert repair(mended) == mended


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("Die F&auml;hre f&auml;hrt.&#10;&#10;Sie kommt an.", "Die Fähre fährt.\n\nSie kommt an."),
        ("Die F&auml;hre f&auml;hrt.&#xD;&#xA;Sie kommt an.", "Die Fähre fährt.\nSie kommt an."),
        ("Die F&auml;hre f&auml;hrt.&#13;Sie kommt an.", "Die Fähre fährt.\nSie kommt an."),
        ("Die F&auml;hre f&auml;hrt.&#13;\nSie kommt an.\n", "Die Fähre fährt.\nSie kommt an.\n"),
        ("Die F&auml;hre f&auml;hrt.&#10;Sie kommt an.\r\n\r\n", "Die Fähre fährt.\r\nSie kommt an.\r\n\r\n"),
        ("Die F&auml;hre f&auml;hrt.&#12;Sie kommt an.", "Die Fähre fährt. Sie kommt an."),
        ("Die F&auml;hre f&auml;hrt.&#10;Die BrÃ¼cke hält.", "Die Fähre fährt.\nDie Brücke hält."),
    ],
)
def test_a_line_break_that_was_left_as_an_entity_is_one(damaged: str, mended: str) -> None:
    """Written as the rest of the text writes its line endings."""
    assert repair(damaged) == mended
    assert repair(mended) == mended


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_line_separator_that_was_misread_ends_lines_as_the_text_does(ending: str) -> None:
    """As it does where it stands in the text; alone it stays what it was."""
    lines = ["Die Brücke hält.", "Die Fähre fährt."]
    assert repair(misread("\u2028".join(lines), "cp1252") + ending) == ending.join(lines) + ending
    assert repair(misread("\u2028".join(lines), "cp1252")) == "\u2028".join(lines)


def test_cosmetics_are_off_unless_asked_for() -> None:
    """Each by its own option."""
    text = "“ﬁne” – Cafe\u0301 Ａ"
    assert repair(text) == text
    every = Repair(nfc=True, quotes=True, dashes=True, ligatures=True, width=True)
    assert Chain.of(every).run(text).text == '"fine" - Café A'


def test_nfc_never_takes_letters_apart() -> None:
    """Bengali, Gurmukhi and Hebrew have letters that NFC decomposes."""
    text = "\u09df \u0a5c \ufb2a"
    assert Chain.of(Repair(nfc=True)).run(text).text == text


def test_options_switch_the_fixes_off() -> None:
    """Nothing is done that was not asked for."""
    off = Repair(encoding=False, controls=False, entities=False, line_endings=False)
    text = "crÃ¨me\x07 &eacute;t&eacute;\r\nb\n"
    assert Chain.of(off).run(text).edits == ()


def test_blocks_that_the_caller_gave_keep_their_bounds() -> None:
    """No edit reaches over the end of a block."""
    document = Document.from_blocks(["crÃ¨me\r\nbrÃ»lÃ©e", "\ufeffdeux"], separator="\n")
    result = CHAIN.run(document)
    assert [block.text for block in result.document.blocks] == ["crème\nbrûlée", "deux"]


def test_clean_text_is_never_split() -> None:
    """A chain that only repairs clean text does not pay for blocks."""
    document = Document("Clean text.\n\nMore of it.\n")
    CHAIN.run(document)
    assert not document.is_split


@given(st.text())
def test_any_text_is_repaired_without_a_crash_and_undone(text: str) -> None:
    """Whatever it holds."""
    result = CHAIN.run(text)
    assert undo(result.text, result.record) == text


@given(st.lists(st.text(), max_size=4))
def test_any_blocks_keep_their_number(texts: list[str]) -> None:
    """Repair never joins or splits blocks that are carried."""
    result = CHAIN.run(Document.from_blocks(texts))
    assert len(result.document.blocks) == len(texts)


def test_the_stage_survives_pickling() -> None:
    """Batches hand it to other processes."""
    assert Chain.of(pickle.loads(pickle.dumps(Repair()))).run("crÃ¨me").text == "crème"


WORDS = [
    "Brücke", "l’été", "«мост»", "её", "ещё", "Её", "γέφυρα", "kůň", "OPÄŤ", "VÝŠE", "þú", "Þá", "ğış", "RENÉ®", "Õ…", "√π",
    "только", "к№\ufffd", "Гість", "Її", "tä“g", "été»", "â»oui", "pâ\xadté", "ã\xad", "күйі»", "Љубав", "њњ", "├──", "─┐", "—Él", "“À", "ВІКІ", "Після", "їхні", "שלום", "سلام", "ไทย", "橋", "猫", "没问题", "ﾃｽﾄ", "x²", "20 °C", "ã", "Â", "Ã", "à",
]  # fmt: skip
MISREAD = [misread(word, charset) for word in ("été", "“да»", "мир", "ñandú", "çà", "नदी", "½") for charset in ROADS]
LINES = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(MISREAD), st.text(max_size=4)), max_size=6).map(
    " ".join
)


@settings(max_examples=300)
@given(LINES)
def test_the_gate_hides_nothing_that_the_slow_path_would_change(line: str) -> None:
    """With all scans overruled, a line that the gate lets pass by still comes out as it was."""
    if gate.may_be_misread(line):
        return
    with pytest.MonkeyPatch.context() as patch:
        for module in (mojibake, reading, words):
            patch.setattr(module, "suspect", lambda _: True)
        patch.setattr(mojibake, "may_be_double", lambda _: True)
        patch.setattr(words, "suspect_place", lambda text, at=0: at if at < len(text) else None)
        assert mojibake.mend_line(line) == []


HIDDEN = st.sampled_from(
    ["\xad", "\u200b", "\ufeff", "\x92", "\x9d", "\x07", "&eacute;", "&Atilde;&copy;", "&amp;", "&#13;", "&#10;", "\r",
     "\u2028", "â€¨", "â€©", "вЂЁ"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.one_of(LINES, HIDDEN), max_size=8), st.sampled_from(["", "\n", " "]))
def test_what_is_repaired_once_is_repaired(pieces: list[str], between: str) -> None:
    """A second run finds nothing that the first has uncovered."""
    once = CHAIN.run(between.join(pieces)).text
    assert CHAIN.run(once).text == once


@given(st.one_of(st.binary(), st.lists(LINES, max_size=4).map(lambda lines: "\n".join(lines).encode(errors="replace"))))
def test_what_the_minimal_chain_makes_of_bytes_it_leaves_alone(data: bytes) -> None:
    """Decoding and repairing its own output changes nothing more."""
    chain = Chain.load("minimal")
    try:
        once = chain.run(data).text
    except InputError:
        return
    assert chain.run(once.encode()).text == once


@settings(max_examples=300)
@given(st.lists(LINES, max_size=5), st.sampled_from(["\n", "\r\n", "\u2028"]))
def test_a_line_is_repaired_the_same_wherever_it_stands(lines: list[str], ending: str) -> None:
    """Unless all of the text was misread in one way, which a line of it tells by itself."""
    lines = [re.sub("[\n\r\u2028\u2029]", " ", line) for line in lines]
    chain = Chain.of(Repair(entities=False, line_endings=False))
    text, alone = ending.join(lines), [chain.run(line).text for line in lines]
    if alone == lines or mojibake.mend_text(text) is None:
        assert chain.run(text).text == ending.join(alone)


@pytest.mark.parametrize("charset", ROADS)
def test_a_text_that_was_misread_as_a_whole_is_read_back_as_a_whole(charset: str) -> None:
    """Lines too short to tell by themselves are told by their neighbours; each edit still keeps to its line."""
    text = "\n".join([*SENTENCES[:2], "é", "", "«À»", "plain", *SENTENCES[4:5]]) + "\n"
    result = CHAIN.run(misread(text, charset))
    assert result.text == text
    assert all("\n" not in (edit.old or "") for edit in result.edits)
    assert undo(result.text, result.record) == misread(text, charset)


@pytest.mark.parametrize("charset", ["latin-1", "cp1252"])
@pytest.mark.parametrize(
    "text",
    [
        "5€",
        "ein Brot für 4 €",
        "the Lumora™ lamp",
        "Kilo → Pfund",
        "❤️",
        "✓ gelesen",
        "α",
        "Łęczna",
        "Žofie",
        "47 kΩ",
        "№ 9",
        "«À»",
    ],
)
def test_signs_and_single_letters_that_were_misread_are_read_back(text: str, charset: str) -> None:
    """Where one sequence is all there is, what the commonest charsets make of it is known."""
    assert repair(misread(text, charset)) == text


@pytest.mark.parametrize(
    "text", ["la lettre «Â» seule", "TRÃ… und so weiter", "LUMORA®", "Widget™ und Werk®", "ein â„ im Text"]
)
def test_what_only_resembles_a_misread_sign_stays(text: str) -> None:
    """Letters that are talked about, dots behind capitals, marks behind names."""
    assert repair(text) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "På bron står många bilar på kvällen"),
        ("es", "Está cerrado el puente más largo"),
        ("ga", "Tá an droichead dúnta anocht, a deir sé"),
    ],
)
@pytest.mark.parametrize("charset", ["cp1250", "iso8859-2"])
def test_charsets_that_differ_in_a_few_letters_are_told_by_the_language(language: str, text: str, charset: str) -> None:
    """What stands for "å" in one stands for "á" in the other."""
    assert repair(misread(text, charset)) == text


def test_lower_cased_damage_is_left_alone_where_a_letter_is_in_doubt() -> None:
    """Chinese letters that differ in one byte cannot be told apart once case is gone."""
    damaged = misread("今天早上大桥通车市长说很多人来了", "cp1252").lower()
    result = CHAIN.run(damaged)
    assert result.text in (damaged, "今天早上大桥通车市长说很多人来了")


def test_the_tables_of_letters_are_what_their_command_makes() -> None:
    """They hold pairs of letters by rarity, the commonest of which anybody can check."""
    assert unlikeliness(["brücke", "brßcke"]) == [0.0, unlikeliness(["brücke", "brßcke"])[1]]
    assert unlikeliness(["brücke", "brßcke"])[1] > 1


@pytest.mark.parametrize(
    "line",
    [
        "The character 猫 means cat in that old book",
        "La via Nanjing 路 resta chiusa fino a sera",
        "Il carattere 猫 (māo) significa gatto",
        "Wir trafen 盲 und 帽 am alten Hafen",
    ],
)
def test_a_lone_chinese_character_stays_unless_a_word_of_the_language_explains_it(line: str) -> None:
    """A line may be about it."""
    assert repair(line) == line


@pytest.mark.parametrize("mark", ["芦", "禄"])
def test_a_lone_quotation_mark_misread_as_chinese_is_read_back(mark: str) -> None:
    """Between spaces in a line of Latin letters."""
    assert repair(f"Older posts {mark} The bridge is open again") == repair(
        f"Older posts {misread(chr(0xAB if mark == '芦' else 0xBB), 'latin-1')} The bridge is open again"
    )


def test_soft_hyphens_that_may_be_half_of_a_letter_stay() -> None:
    """Lower-cased, what was a misread soft hyphen or "í" stands behind "â" or "ã"."""
    for text in ("wie pâ\xadtisserie", "der ã\xadler"):
        assert "soft-hyphen" not in {edit.rule for edit in CHAIN.run(text).edits}


@pytest.mark.parametrize(
    "piece",
    [
        "été» ",
        "ab\xadcd ",
        "a漢字b ",
        "Гісторыя ",
        "Ã©",
        "CrÃ¨me brûlée ",
        "&eacute; ",
        "Ã\ufffdÃ© ",
        "percepci贸 ",
        "\x00",
        "\ud800",
    ],
)
def test_a_long_line_of_anything_is_repaired_and_undone(piece: str) -> None:
    """The work stays in proportion to the length, or this would not end."""
    text = piece * (50_000 // len(piece))
    result = CHAIN.run(text)
    assert undo(result.text, result.record) == text


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("\x1b[?25lready", "ready"),
        ("\x1b[38:5:1mred\x1b[0m hat", "red hat"),
        ("see \x1b]8;;http://forge.example\x07the forge\x1b]8;;\x1b\\ today", "see the forge today"),
        ("\x1b]2;kettle — log\x07$ boil", "$ boil"),
        ("\x1bP1$r0m\x1b\\done", "done"),
        ("\x1b)0\x1b7here\x1b8", "here"),
        ("\x1b(0lqqk\x1b(B box", "┌──┐ box"),
        ("left\x1b[12Cright", "left right"),
        ("\x9b1;33mbold\x9b0m", "bold"),
        ("cut off \x1b[31", "cut off "),
        ("\x1b]0;what ends nowhere\nstays", "what ends nowhere\nstays"),
        ("\x1bHello", "Hello"),
        ("three \x1b words", "three  words"),
    ],
)
def test_what_steers_a_terminal_goes_whole(damaged: str, mended: str) -> None:
    """None of it stays visible, and nothing is taken that is written."""
    result = CHAIN.run(damaged)
    assert result.text == mended
    assert undo(result.text, result.record) == damaged


def test_a_guillemet_before_a_number_is_no_colour() -> None:
    """In Windows-1252 the byte that begins a C1 sequence closes, or in German opens, a quotation."""
    assert repair("\x9b3D\x8b und \x9b5m\x8b") == "›3D‹ und ›5m‹"


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("plum\0pear\0fig\0", "plum pear fig"),
        ("Oslo\x1fNorway\x1eRiga\x1fLatvia\x1e", "Oslo Norway Riga Latvia"),
        ("ended.\0\0Begun", "ended. Begun"),
        ("a\0tree\0I\0saw", "a tree I saw"),
        ("S\0e\0e\0", "See"),
        ("\0S\0e\0e\0 \0m\0e", "See me"),
        ("fig \0 \x1f(ripe)\0", "fig  (ripe)"),
        ("tick\x07tock", "ticktock"),
    ],
)
def test_controls_that_part_words_become_a_space(damaged: str, mended: str) -> None:
    """But not where they stand behind every letter, or beside a space."""
    assert repair(damaged) == mended


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("N\bNA\bAM\bME\bE", "NAME"),
        ("_\bf_\bi_\bl_\be", "file"),
        ("f\b_o\b_", "fo"),
        ("_\bx\bx", "x"),
        ("ab\bc \b\bd\b", "abc d"),
    ],
)
def test_letters_that_were_struck_over_are_written_once(damaged: str, mended: str) -> None:
    """As manual pages make letters bold and underlined."""
    assert repair(damaged) == mended


CONTROLS = [
    "\x1b",
    "\x1b[1m",
    "\x1b]0;",
    "\x1b\\",
    "\x07",
    "\x1b(0",
    "\x1b(B",
    "\x9b1m",
    "\x90",
    "\0",
    "\x1f",
    "\b",
    "\x7f",
]


@settings(max_examples=300)
@given(
    st.lists(st.one_of(st.sampled_from(CONTROLS), st.sampled_from(["x", "_", " ", "été", "Ã©t", "\n"])), max_size=12)
)
def test_no_control_is_left_wherever_it_stands(pieces: list[str]) -> None:
    """A second run finds nothing, and each line comes out as it does alone."""
    text = "".join(pieces)
    once = repair(text)
    assert not re.search("[\x00-\x08\x0e-\x1f\x7f]", once)
    assert repair(once) == once
    if mojibake.mend_text(text) is None:
        assert once == "\n".join(map(repair, text.split("\n")))


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("ä½ å¥½ is how they greet", "你好 is how they greet"),
        ("they greet with ä½ å¥½ every day", "they greet with 你好 every day"),
        ("ä½  alone says little", "ä½  alone says little"),
        ("coå› nowego u ciebie", "coś nowego u ciebie"),
    ],
)
def test_small_letters_are_no_reason_to_mix_scripts(damaged: str, mended: str) -> None:
    """Where a no-break space put back explains a line better, it was not lower-cased; else it may stay as it is."""
    assert repair(damaged) in (damaged, mended)


@pytest.mark.parametrize(
    "line",
    [
        "If “Ã¶” shows where ö should be, the page was read in the wrong charset.",
        "There ü turns into Ã¼ and “ into â€œ.",
        "Search for `cafÃ©` and put café.",
        "ñ → Ã±",
        "ж (Ð¶)",
    ],
)
def test_damage_that_is_talked_about_stays(line: str) -> None:
    """Shown by itself beside what it was, it is what the line is about."""
    assert repair(line) == line


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("“Ã¶” is ö, sagte Frau GrÃ¶ÃŸner.", "“Ã¶” is ö, sagte Frau Größner."),
        ("A casa é longe. O rio Ã© perto.", "A casa é longe. O rio é perto."),
        ("1990 – 1995, then 2001 â€“ 2004", "1990 – 1995, then 2001 – 2004"),
        ("red • green â€¢ blue", "red • green • blue"),
        ("“CafÃ©” opens at nine", "“Café” opens at nine"),
        ("Le cafÃ© d’en face est un café calme.", "Le café d’en face est un café calme."),
    ],
)
def test_damage_that_only_comes_beside_its_like_is_mended(damaged: str, mended: str) -> None:
    """A word or sign that the line has twice, once misread, is not what the line is about."""
    assert repair(damaged) == mended
