"""`decode`: what it reads, what it refuses, and that the bytes can always be had back."""

from __future__ import annotations

import gzip
import pickle
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copydesk import Chain, ConfigError, InputError, Result, Source, to_bytes
from copydesk_stages.decode import Decode
from copydesk_stages.repair import Repair

CHAIN = Chain.of(Decode())
RUSSIAN = "Мост через реку открыли утром, и первые машины поехали на другой берег."
JAPANESE = "川にかかる橋は朝に開通し、最初の車が向こう岸へ渡った。"
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy, říkávala babička z Kuřimi."
GREEK = "Η γέφυρα πάνω από το ποτάμι άνοιξε το πρωί για τα αυτοκίνητα."


def decode(data: bytes, **source: str) -> Result:
    return CHAIN.run(data, source=Source(**source))


def how(result: Result) -> str:
    assert result.record.decoding is not None
    return result.record.decoding.how


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"plain", "plain"),
        ("naïve – “yes”".encode(), "naïve – “yes”"),
        (b"one\x00NUL", "one\x00NUL"),
        ("é".encode() + b"\x00", "é\x00"),
        (b"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        (b"home is ~{user}, not ~root", "home is ~{user}, not ~root"),
    ],
)
def test_valid_utf8_without_other_signs_stays_utf8(data: bytes, text: str) -> None:
    """Whatever is declared, well-formed UTF-8 is UTF-8."""
    result = decode(data, charset="koi8-r")
    assert result.text == text
    assert result.record.decoding is not None
    assert result.record.decoding.encoding == "utf-8"
    assert not result.record.decoding.lossy


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_decides_and_is_cut_off(encoding: str) -> None:
    """The mark is no part of the text, and undo puts it back."""
    data = ("\ufeff" + RUSSIAN).encode(encoding)
    result = decode(data)
    assert result.text == RUSSIAN
    assert how(result) == "bom"
    assert to_bytes(result.text, result.record) == data


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["Bid, Ask\r\n1, 2\r\n", RUSSIAN, GREEK, JAPANESE + " (1)\n"])
def test_utf16_and_utf32_without_a_mark_are_told_by_their_nuls(encoding: str, text: str) -> None:
    """These bytes are often valid UTF-8 as well."""
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("shift", ["", "x"])
@pytest.mark.parametrize("page", ["The gate of the lock stays shut.\n", CZECH + "\n", RUSSIAN + "\n", "17;4;208\n"])
def test_a_page_with_a_paragraph_in_utf16_is_no_utf16(page: str, shift: str, encoding: str) -> None:
    """The page can be read, and repair takes the NULs out of the paragraph."""
    body = page * (1024 // len(page.encode()) + 1)
    for end in ("", "."):
        parts = (shift + body, "The mill was sold on Friday for a song.", f"\n{body}{end}")
        data = parts[0].encode() + parts[1].encode(encoding) + parts[2].encode()
        assert Chain.of(Decode(), Repair()).run(data).text == "".join(parts)
        data = parts[0].encode() + "Größe und Mühle, süß".encode(encoding) + parts[2].encode()
        text = decode(data).text
        assert text.startswith(parts[0])
        assert text.endswith(parts[2])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        "と川辺だけは。\n",
        "六合之内\n",
        "2031年高水位\n",
        "タレ味ではなく、塩味の方です。\n",
        "다리가 열렸다\n",
        f"{JAPANESE}\n" * 50,
    ],
)
def test_east_asian_utf16_is_told_however_short(encoding: str, text: str) -> None:
    """Even where its bytes could be letters of ASCII."""
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext"])
def test_iso_2022_is_told_by_its_escapes(encoding: str) -> None:
    """Escapes switch between character sets; all bytes are ASCII."""
    data = JAPANESE.encode(encoding)
    result = decode(data)
    assert result.text == JAPANESE
    assert to_bytes(result.text, result.record) == data


def test_hz_and_korean_escapes() -> None:
    """Chinese and Korean seven-bit mail."""
    assert decode("河上的大桥今天早上通车".encode("hz")).text == "河上的大桥今天早上通车"
    assert decode("강 위의 다리가 아침에 열렸다".encode("iso2022_kr")).text == "강 위의 다리가 아침에 열렸다"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (RUSSIAN, "iso8859-5"), (CZECH, "cp1250"), (CZECH, "iso8859-2"),
     (GREEK, "iso8859-7"), (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp"), ("¡Qué mañana tan fría! Él llegó.", "cp1252")],
)  # fmt: skip
def test_a_declared_charset_is_believed_where_it_fits(text: str, encoding: str) -> None:
    """Declared by HTTP, by `<meta>` or by XML."""
    assert decode(text.encode(encoding), charset=encoding).text == text
    page = f'<html><head><meta charset="{encoding}"></head><p>{text}</p>'
    assert decode(page.encode(encoding)).text == page
    feed = f'<?xml version="1.0" encoding="{encoding}"?><p>{text}</p>'
    assert decode(feed.encode(encoding)).text == feed


@pytest.mark.parametrize(
    "charset", ["utf-8", "klingon", "base64", "rot13", "idna", "hex", "unicode_escape", "", "\x00", "ascii"]
)
def test_a_charset_that_is_none_or_wrong_is_passed_over(charset: str) -> None:
    """The detector decides then."""
    assert decode(RUSSIAN.encode("cp1251") * 3, charset=charset).text == RUSSIAN * 3


def test_labels_mean_what_browsers_read_them_as() -> None:
    """Pages that declare ISO-8859-1 are written in Windows-1252."""
    assert decode("“Él llegó”".encode("cp1252"), charset="ISO-8859-1").text == "“Él llegó”"
    assert decode("大桥――通车 镕".encode("gbk"), charset="gb2312").text == "大桥――通车 镕"


@pytest.mark.parametrize("cut", [1, 2])
def test_utf8_with_a_cut_end_stays_utf8(cut: int) -> None:
    """A field of fixed width cuts letters in two; the rest is still UTF-8."""
    data = (JAPANESE + "駅").encode()[:-cut]
    result = decode(data)
    assert result.text.startswith(JAPANESE)
    assert result.record.decoding is not None
    assert result.record.decoding.lossy
    assert [flag.name for flag in result.flags] == ["lossy"]
    assert to_bytes(result.text, result.record) == data


def test_utf8_with_a_few_bad_bytes_stays_utf8() -> None:
    """One broken letter does not make a page Windows-1252."""
    data = RUSSIAN.encode() + b" \xff " + RUSSIAN.encode()
    assert decode(data).text == f"{RUSSIAN} \ufffd {RUSSIAN}"


@pytest.mark.parametrize(
    ("foreign", "encoding"),
    [(RUSSIAN, "cp1251"), (GREEK, "cp1253"), (JAPANESE, "cp932"), ("Él llegó mañana.", "cp1252")],
)
def test_lines_of_another_encoding_are_read_by_what_they_are(foreign: str, encoding: str) -> None:
    """Concatenated feeds leave such files."""
    lines = [CZECH, foreign, CZECH, foreign, JAPANESE]
    data = b"\n".join(line.encode(encoding if line == foreign else "utf-8") for line in lines)
    result = decode(data)
    assert result.text.split("\n") == lines
    assert encoding in how(result) or "lines" in how(result)
    assert to_bytes(result.text, result.record) == data


def test_lines_of_several_other_encodings_are_told_apart() -> None:
    """Each is read by what it is, not by what they are in sum."""
    french = "Le pont sur la rivière a été rouvert, déclare la préfecture."
    foreign = [(RUSSIAN, "cp1251"), (french, "cp1252"), (JAPANESE, "shift_jis"), (RUSSIAN, "koi8-r")]
    data = b"".join(CZECH.encode() + b"\n" + text.encode(encoding) + b"\n" for text, encoding in foreign)
    result = decode(data)
    assert result.text == "".join(f"{CZECH}\n{text}\n" for text, _ in foreign)
    assert to_bytes(result.text, result.record) == data


def test_the_lines_that_are_exceptions_are_named() -> None:
    """By first and last line, with the encoding that they were read in, or none where bytes were lost."""
    lines = [CZECH.encode(), RUSSIAN.encode("cp1251"), RUSSIAN.encode("cp1251"), b"plain", CZECH.encode() + b"\xff"]
    result = decode(b"\n".join([*lines, CZECH.encode()]))
    assert result.record.decoding is not None
    assert result.record.decoding.exceptions == ((2, 3, "cp1251"), (5, 5, ""))
    assert "lines 2 to 3 from cp1251, bad bytes in line 5" in result.record.decoding.describe()
    assert "line 5" in result.flags[0].why
    assert decode(CZECH.encode()).record.decoding.exceptions == ()  # type: ignore[union-attr]


def test_bad_bytes_behind_a_byte_order_mark_are_named_by_line() -> None:
    """They show as U+FFFD."""
    result = decode(b"\xef\xbb\xbfone\r\ntwo \xff\r\n")
    assert result.text == "one\r\ntwo \ufffd\r\n"
    assert result.record.decoding is not None
    assert result.record.decoding.exceptions == ((2, 2, ""),)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
        (b"%PDF-1.4\x00\x01\x02" * 50, "PDF"),  # by twos, Chinese in UTF-16
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG"),
        (gzip.compress(b"text", mtime=0), "gzip"),
        (b"PK\x03\x04\x14\x00\x00\x00", "zip"),
        (b"\x7fELF\x02\x01\x01" + bytes(9), "ELF"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"SQLite format 3\x00", "SQLite"),
        (zlib.compress(bytes(range(256)) * 8) * 4, "control characters"),
    ],
)
def test_files_that_are_no_text_are_refused_by_name(data: bytes, name: str) -> None:
    """The message says what the file looks like, and which one it is."""
    with pytest.raises(InputError, match=rf"page\.bin: .*{name}"):
        decode(data, name="page.bin")


@pytest.mark.parametrize(
    "text",
    [
        "LE MARCHÉ COUVERT DE SAINT-AUBRY ROUVRE SES PORTES",
        "MÅLINGEN VISER AT FÆRGEN ER FORSINKET",
        "DER STADTRAT HAT FÜR DEN NEUEN RADWEG GESTIMMT",
    ],
)
def test_a_headline_in_capitals_is_western(text: str) -> None:
    """A detector takes capitals for Hebrew on IBM's mainframes, where a space in ASCII is a control."""
    assert decode(text.encode("cp1252")).text == text
    assert decode(f"{text}\n\n{text.title()}.\n".encode("cp1252")).text == f"{text}\n\n{text.title()}.\n"


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r"])
def test_cyrillic_in_capitals_is_read_by_its_letters(encoding: str) -> None:
    """Its bytes are small letters of Greek, of Hebrew and of another Cyrillic encoding, which stay."""
    for text in ("В ЗАРЕЧНОМ ОТКРЫЛИ НОВУЮ ШКОЛУ", "МОСТ ЧЕРЕЗ РЕКУ ЗАКРЫТ ДО ВЕСНЫ\n\nОБЪЕЗД ПО УЛИЦЕ САДОВОЙ\n"):
        assert decode(text.encode(encoding)).text == text
        assert decode(text.lower().encode(encoding)).text == text.lower()
    greek = "η γέφυρα του χωριού άνοιξε ξανά τη δευτέρα το πρωί"
    hebrew = "הגשר נפתח מחדש ביום שני בבוקר אחרי שנה"
    assert decode(greek.encode("iso8859-7")).text == greek
    assert decode(hebrew.encode("cp1255")).text == hebrew


@pytest.mark.parametrize(
    "text", ["Größe", "½ Liter", "¿Qué hora es?", "un garçon naïf", "más allá de Córdoba, según él", "Skål på Åland"]
)
def test_a_word_or_two_of_a_western_language_is_western(text: str) -> None:
    """Where a detector rates all much alike, the letters decide, however often the words are said."""
    for often in (1, 500):
        assert decode((f"{text} " * often).encode("cp1252")).text == f"{text} " * often


def test_controls_in_ascii_are_no_text() -> None:
    """As little as those among other bytes."""
    with pytest.raises(InputError, match="control characters"):
        decode(bytes(range(1, 9)) * 20)


@pytest.mark.parametrize(
    "text", ["PKO BP is a bank.", "MZ is short for Zbikowski.", "%PDF is how they begin.", "GIF89 was a format."]
)
def test_text_that_begins_like_a_file_is_text(text: str) -> None:
    """Magic numbers are longer than these."""
    assert decode(text.encode()).text == text


@given(st.binary(max_size=200))
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00")
@example(b"\x00")
@example(b"\xc3")
@example(b"\xed\xa0\x80 lone surrogate")
@example(b"\xc0\x80 overlong")
@example(b"\x1b$B\x1b(J~{")
@example(bytes(range(256)))
def test_any_bytes_decode_or_are_refused_and_come_back(data: bytes) -> None:
    """Never a crash, never silent loss."""
    try:
        result = CHAIN.run(data)
    except InputError:
        return
    assert to_bytes(result.text, result.record) == data


@given(
    st.text(min_size=1), st.sampled_from(["cp1252", "cp1251", "shift_jis", "gb18030", "big5", "utf-16", "iso2022_jp"])
)
def test_any_text_in_any_encoding_gives_its_bytes_back(text: str, encoding: str) -> None:
    """Even where the guess is wrong, nothing is lost."""
    data = text.encode(encoding, "ignore")
    try:
        result = CHAIN.run(data)
    except InputError:
        return
    assert to_bytes(result.text, result.record) == data


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_utf8_text_comes_through(text: str) -> None:
    """Unless it begins with a mark, it is the same text."""
    if not text.startswith("\ufeff") and "~{" not in text:
        assert CHAIN.run(text.encode()).text == text


def test_the_other_detector_can_be_chosen() -> None:
    """charset-normalizer behind the same door."""
    assert Chain.of(Decode(detector="charset-normalizer")).run(RUSSIAN.encode("cp1251") * 2).text == RUSSIAN * 2


def test_an_unknown_detector_is_refused() -> None:
    """With what is allowed."""
    with pytest.raises(ConfigError, match="charset-normalizer"):
        Chain.of(Decode(detector="oracle"))  # type: ignore[arg-type]


def test_the_stage_survives_pickling() -> None:
    """Batches hand it to other processes."""
    stage = pickle.loads(pickle.dumps(Decode()))
    assert Chain.of(stage).run(RUSSIAN.encode("cp1251")).text == RUSSIAN


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("café crème, déjà vu et naïve\n", "latin-1"),
        ("Größe und Güte\n", "latin-1"),
        ("Привет, мир\n", "cp1251"),
        ("Γειά σου Κόσμε\n", "iso8859-7"),
    ],
)
def test_a_few_words_are_not_read_as_a_mix_of_alphabets(text: str, charset: str) -> None:
    """Where the detector has too little to go by, no word of Latin and Cyrillic letters comes out."""
    assert Chain.of(Decode()).run(text.encode(charset)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "à bientôt",
        "déjà",
        "Größe",
        "où ça",
        "François Noël",
        "don’t",
        "5 €",
        "10 °C",
        "“Hi”",
        "São Paulo",
        "crème brûlée",
    ],
)
def test_a_word_or_two_of_western_languages_are_read_as_such(text: str) -> None:
    """Where there is too little to tell by, what the web uses decides."""
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize(("text", "encoding"), [("Žižkov", "cp1250"), ("Привет", "cp1251"), ("ışık", "cp1254")])
def test_a_word_of_another_code_page_is_still_told(text: str, encoding: str) -> None:
    """It is not all Windows-1252."""
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Bron över ån öppnades på måndagen efter två års arbete.", "cp850"),
        ("Die Brücke über den Fluß wurde gestern früh eröffnet.", "cp437"),
        ("Občina je v ponedeljek odprla še drugo brv čez reko, pešci pa že prej.", "cp852"),
        ("Bron över ån öppnades på måndagen efter två års arbete.", "mac-roman"),
        ("Občina je v ponedeljek odprla še drugo brv čez reko, pešci pa že prej.", "iso8859-2"),
    ],
)
def test_letters_tell_encodings_that_the_web_hardly_uses(text: str, encoding: str) -> None:
    """Old files are in the code pages of DOS and the Macintosh, which no reading in Windows-1252 resembles."""
    assert decode(text.encode(encoding)).text == text


def test_what_is_read_from_a_few_bytes_is_called_a_guess() -> None:
    """So that a person can look at these, or leave them out."""
    for text, encoding, how in (
        ("Žalia", "cp1257", "guessed"),
        ("Привет из города на реке. " * 5, "koi8-r", "detected"),
        ("“Hi”", "cp1252", "detected"),  # signs that all Windows code pages have there
    ):
        decoding = decode(text.encode(encoding)).record.decoding
        assert decoding
        assert decoding.how == how


@pytest.mark.parametrize("data", [bytes([byte]) for byte in range(256)], ids=lambda data: data.hex())
def test_every_byte_by_itself_and_within_text(data: bytes) -> None:
    """None is refused for standing alone, and all come back."""
    for whole in (data, b"text " + data + b" text", "été ".encode() + data + " été".encode()):
        result = decode(whole)
        assert to_bytes(result.text, result.record) == whole


@pytest.mark.parametrize("letter", ["é", "Ж", "駅", "नि", "😀"])
def test_every_cut_of_a_sequence_stays_utf8(letter: str) -> None:
    """At the end of the text, at its beginning, and in its middle."""
    encoded = letter.encode()
    for cut in range(1, len(encoded)):
        for data in (
            RUSSIAN.encode() + encoded[:cut],
            encoded[cut:] + RUSSIAN.encode(),
            RUSSIAN.encode() + encoded[:cut] + b" " + RUSSIAN.encode(),
        ):
            result = decode(data)
            assert RUSSIAN in result.text
            assert result.record.decoding is not None
            assert result.record.decoding.encoding == "utf-8"
            assert to_bytes(result.text, result.record) == data


@pytest.mark.parametrize(
    "data",
    [
        b"\xed\xa0\x80",
        b"\xed\xb0\x80\xed\xa0\x80",
        b"\xc0\x80",
        b"\xe0\x80\xaf",
        b"\xf8\x88\x80\x80\x80",
        b"\xf4\x90\x80\x80",
    ],
)
def test_lone_surrogates_and_overlong_forms_are_bad_bytes(data: bytes) -> None:
    """They show as U+FFFD in a text that is UTF-8 otherwise, and come back."""
    whole = f"{RUSSIAN} ".encode() + data + f" {CZECH}".encode()
    result = decode(whole)
    assert result.text.startswith(RUSSIAN)
    assert result.text.endswith(CZECH)
    assert "\ufffd" in result.text
    assert result.record.decoding is not None
    assert result.record.decoding.exceptions == ((1, 1, ""),)
    assert to_bytes(result.text, result.record) == whole


@pytest.mark.parametrize("bad", [b"", b"\xff", b"\x00"])
def test_ten_megabytes_without_a_line_break(bad: bytes) -> None:
    """Nothing is lost and nothing else changes."""
    half = ("L’été, la rivière déborde. " * 170_000).encode()
    result = decode(half + bad + half)
    assert to_bytes(result.text, result.record) == half + bad + half
    assert len(result.text.encode()) >= len(half) * 2
