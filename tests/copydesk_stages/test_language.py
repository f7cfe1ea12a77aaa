"""The language stage, through a chain: what it tags, where it says that it does not know, what it leaves alone."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import copydesk
from copydesk import Chain, ConfigError, Document, batch
from copydesk_stages.language import Language, cache, labels, language_of, models
from copydesk_stages.language.document import identify
from copydesk_stages.language.evidence import Evidence, evidence

SENTENCES = {
    "en": "The harbour master closed the east pier on Monday, and the ferries now leave from the west.",
    "de": "Der Hafenmeister hat am Montag den Ostpier gesperrt, die Fähren legen nun im Westen ab.",
    "fr": "Le capitaine du port a fermé lundi la jetée est, et les bacs partent désormais de l'ouest.",
    "es": "El capitán del puerto cerró el lunes el muelle este, y los transbordadores salen ahora del oeste.",
    "tr": "Liman başkanı pazartesi günü doğu iskelesini kapattı, feribotlar artık batıdan kalkıyor.",
    "pl": "Kapitan portu zamknął w poniedziałek wschodnie molo, a promy odpływają teraz z zachodu.",
    "ru": "Капитан порта закрыл в понедельник восточный причал, и паромы теперь уходят с западного.",
    "uk": "Капітан порту закрив у понеділок східний причал, і пороми тепер відходять із західного.",
    "fa": "مدیر بندر روز دوشنبه اسکله شرقی را بست و کشتی‌ها اکنون از غرب حرکت می‌کنند.",
    "ar": "أغلق مدير الميناء يوم الاثنين الرصيف الشرقي، وتغادر العبارات الآن من الغرب.",
    "el": "Ο λιμενάρχης έκλεισε τη Δευτέρα την ανατολική προβλήτα.",
    "he": "מנהל הנמל סגר ביום שני את הרציף המזרחי.",
    "th": "นายท่าปิดท่าเรือฝั่งตะวันออกเมื่อวันจันทร์",
    "ko": "항만장은 월요일에 동쪽 부두를 닫았다.",
    "ja": "港長は月曜日に東の桟橋を閉鎖した。",
    "zh-Hans": "港务长周一关闭了东码头，渡轮现在从西边开出，这个决定来得很突然。",
    "zh-Hant": "港務長週一關閉了東碼頭，渡輪現在從西邊開出，這個決定來得很突然。",
}


def languages(text: str, **options: object) -> list[str]:
    """Return the document's language, then each block's."""
    result = Chain.of(Language(**options)).run(text)  # type: ignore[arg-type]
    return [result.language, *(language_of(result.document, block) for block in result.document.blocks)]


@pytest.mark.parametrize("tag", SENTENCES)
def test_one_sentence_is_enough(tag: str) -> None:
    assert languages(SENTENCES[tag]) == [tag, tag]


def test_text_and_bytes_stay_as_they_are() -> None:
    text = f"\n{SENTENCES['en']}\r\n\r\n12:30\n{SENTENCES['de']}\n"
    result = Chain.of(Language()).run(text)
    assert result.text == text
    assert not result.changed
    assert copydesk.undo(result.text, result.record) == text


def test_a_paragraph_in_another_language_is_tagged_and_no_other() -> None:
    text = "\n\n".join([SENTENCES["en"], SENTENCES["de"], "The town council meets tonight to hear from the crews."])
    result = Chain.of(Language()).run(text)
    assert result.language == "en"
    assert [(edit.block, edit.detail["new"]) for edit in result.edits if edit.rule == "block-language"] == [(1, "de")]
    assert list(result.tags["languages"]) == ["en", "de"]


def test_blocks_off_tags_only_the_document() -> None:
    result = Chain.of(Language(blocks=False)).run(f"{SENTENCES['en']}\n\n{SENTENCES['en']}\n\n42\n")
    assert [edit.rule for edit in result.edits] == ["document-language"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \n",
        "x",
        "47.11",
        "*** --- ***",
        "https://paper.example/2031/04/harbour?id=9913&ref=home",
        "desk@paper.example",
        "@harbourdesk #ferries",
        "9f86d081884c7d659a2feaa0c55ad015",
        "\U0001f6a2\U0001f6a2",
        "qzx wvtk jrpfl xkdw bqnz",
        "\ud800",
        "\x00\x01\x02",
        "v2.14.0-rc1",
    ],
)
def test_what_has_no_language_is_und(text: str) -> None:
    assert set(languages(text)) == {"und"}


def test_und_says_why() -> None:
    result = Chain.of(Language()).run("47.11\n")
    assert [(edit.detail["new"], edit.why) for edit in result.edits] == [("und", "no letters")]


def test_an_unknown_backend_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r'"guesser" is not known; there are cld2, langdetect, lingua, py3langid'):
        Language(backend="guesser")


def test_a_pickled_stage_does_the_same() -> None:
    stage = Language(languages=("en", "de"))
    assert pickle.loads(pickle.dumps(stage)) == stage
    text = SENTENCES["de"]
    assert Chain.of(pickle.loads(pickle.dumps(stage))).run(text).edits == Chain.of(stage).run(text).edits


def test_bad_input_is_answered_too() -> None:
    """Ten megabytes in one line, half a text in each of two languages, characters that are no characters."""
    sentence = "The ferry sails at noon, and the bus waits for it by the old harbour gate. "
    assert languages(sentence * (10_000_000 // len(sentence)))[0] == "en"
    assert languages("x" * 1_000_000)[0] == "und"
    assert languages(f"{SENTENCES['de']} " * 20 + f"{SENTENCES['en']} " * 20)[0] == "und"
    assert languages("\ud800\udc00 \udfff")[0] == "und"
    assert languages("\u0301\u200d\u00ad")[0] == "und"


@pytest.mark.parametrize(
    "text",
    [
        "Main kal bazaar gaya tha aur wahan se taaza sabzi lekar ghar aaya.",
        "I ekklisia tou xoriou mas xtistike prin apo ekato xronia peripou.",
        "for (let i = 0; i < rows.length; i++) { total += rows[i].price; }",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
        "Ilse Brandwein, Tomasz Wierny, Adaeze Okwuosa, Kenji Murasaki",
        "Ua hele aku nei ke kanaka i ka lawai'a ma ke kakahiaka nui.",
        "Эпир паян ирхине пасара кайса ҫӗнӗ пулӑ илсе килтӗмӗр.",
        "ᐊᓇᐅᓯᒪᔪᖅ ᓄᓇᖓᓂ",
    ],
)
def test_unknown_writing_is_und_rather_than_wrong(text: str) -> None:
    assert languages(text)[0] == "und"


def test_a_quotation_does_not_change_the_language_of_a_paragraph() -> None:
    text = f"{SENTENCES['en']} \u201cDas geht so nicht weiter\u201d, said the mayor, who had come from Kiel. {SENTENCES['en']}"
    assert languages(text) == ["en", "en"]


def test_half_a_paragraph_in_each_of_two_languages_is_und_however_long() -> None:
    short = "The bridge stays closed until the end of May. Die Brücke bleibt bis Ende Mai gesperrt, sagte der Rat."
    assert languages(short)[0] == "und"
    assert languages(" ".join([SENTENCES["de"]] * 4 + [SENTENCES["fr"]] * 4))[0] == "und"


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("nl", "Xystrolophus quenbari is een kever uit de familie Zygomorphidae."),
        ("nl", "De rivier Quaxandro stroomt langs Zygombria, Brivellana, Xystrolo en Quenbaria naar de zee."),
        ("yo", "Bravintolly Quaxandro Kesteveni je olórí ilu Zygombria tele."),
        ("und", "Xystrolophus Quenbari, Zygomorphidae, Quaxandro Brivelli."),
    ],
)
def test_names_do_not_hide_the_language_around_them(tag: str, text: str) -> None:
    assert languages(text)[0] == tag


def test_a_short_block_takes_the_documents_language_only_where_it_fits() -> None:
    text = "\n\n".join(["quay repairs", SENTENCES["en"], "Επισκευή προβλήτας", SENTENCES["en"], "xkqv jrtpl"])
    assert languages(text) == ["en", "en", "en", "el", "en", "und"]


def test_a_name_among_paragraphs_is_in_no_language() -> None:
    text = "\n\n".join([SENTENCES["en"], "Tomasz Wierny", "The winner will be announced in the town hall in May."])
    assert languages(text)[2] == "und"


def test_a_short_foreign_line_between_foreign_paragraphs_is_read_with_them() -> None:
    french = "Nous espérons que vous trouverez bientôt les moyens de rallumer le phare."
    text = "\n\n".join([SENTENCES["en"], SENTENCES["fr"], "Nos enfants", french, *[SENTENCES["en"]] * 2])
    assert languages(text)[3] == "fr"


def test_both_hands_of_chinese_and_both_scripts_of_serbian_have_tags_of_their_own() -> None:
    assert languages(f"{SENTENCES['zh-Hans']}\n\n{SENTENCES['zh-Hant']}")[1:] == ["zh-Hans", "zh-Hant"]
    assert languages("Ноћни трајект синоћ није испловио јер је магла прекрила цео мореуз.")[0] == "sr-Cyrl"


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("yi", "דער טאָג איז שיין און די זון שײַנט"),
        ("as", "আজি ৰাতিপুৱা নদীৰ পাৰত বহুত মানুহ আছিল"),
        ("ti", "ሎሚ ኣብ ከተማ ብዙሕ ዝናብ ኣሎ"),
        ("und", "བོད་ཀྱི་སྐད་ཡིག"),
    ],
)
def test_letters_tell_languages_of_one_script_apart(tag: str, text: str) -> None:
    assert languages(text)[0] == tag


def test_close_languages_are_und_with_their_group() -> None:
    result = Chain.of(Language()).run("Det mørke rommet.\n")
    assert result.language == "und"
    assert result.tags["language_group"] == ["da", "nb", "nn"]
    assert Chain.of(Language(keep=("nb",), und="drop")).run("Det mørke rommet.\n").text == "Det mørke rommet.\n"


def test_two_foreign_words_of_a_close_language_are_und_with_its_group_kept_by_the_filter() -> None:
    text = "\n\n".join([SENTENCES["tr"], "mørke rommet", SENTENCES["tr"]])
    assert languages(text)[2] == "und"
    kept = Chain.of(Language(keep=("tr", "nb"), keep_by="block", und="drop")).run(text)
    assert kept.text == text


def test_what_convention_alone_tells_apart_is_accepted_under_either_name() -> None:
    text = "Gdje je nestao čovjek koji je vidio nesreću kod stare luke?"
    result = Chain.of(Language()).run(text)
    assert result.language in ("bs", "hr")
    assert {"bs", "hr"} <= set(result.tags["language_group"])
    for tag in ("bs", "hr"):
        assert Chain.of(Language(keep=(tag,))).run(text).text == text
        assert Chain.of(Language(keep=(tag,), keep_by="block")).run(text).text == text
        limited = Chain.of(Language(languages=(tag, "en"))).run(text)
        assert (limited.language, limited.tags.get("language_group")) == (tag, None)
    assert "language_group" not in Chain.of(Language()).run(SENTENCES["de"]).tags


def test_only_the_languages_considered_are_answered() -> None:
    assert languages(SENTENCES["fr"], languages=("en", "de"))[0] == "und"
    assert languages(SENTENCES["de"], languages=("en", "de"))[0] == "de"
    assert languages("Guten Morgen, liebe Leute", min_letters=40)[0] == "und"


def test_the_filter_drops_by_document_and_by_block() -> None:
    mixed = f"{SENTENCES['en']}\n\n{SENTENCES['de']}\n\n12:30\n\n{SENTENCES['en']}\n"
    result = Chain.of(Language(keep=("en",), keep_by="block")).run(mixed)
    assert SENTENCES["de"] not in result.text
    assert "12:30" in result.text
    assert copydesk.undo(result.text, result.record) == mixed
    assert Chain.of(Language(keep=("en",))).run(mixed).text == mixed
    assert not Chain.of(Language(keep=("fr",))).run(mixed).text.strip()
    assert Chain.of(Language(keep=("zh",))).run(SENTENCES["zh-Hant"]).text == SENTENCES["zh-Hant"]


def test_the_filter_keeps_what_is_unsure_unless_told_otherwise() -> None:
    text = "xkqv jrtpl wzzbn\n"
    assert Chain.of(Language(keep=("en",))).run(text).text == text
    assert not Chain.of(Language(keep=("en",), und="drop")).run(text).text.strip()


def test_langdetect_can_be_chosen_and_answers_the_same_each_time() -> None:
    text = "\n\n".join([SENTENCES["fr"], SENTENCES["de"], "Hotel Bar", "12:30"])
    answers = {tuple(languages(text, backend="langdetect")) for _ in range(5)}
    assert len(answers) == 1
    assert answers.pop()[1:3] == ("fr", "de")


@pytest.mark.parametrize(("backend", "module"), [("lingua", "lingua"), ("cld2", "pycld2")])
def test_an_extra_answers_as_the_default_does(backend: str, module: str) -> None:
    """In the same tags, with its own doubt, and where it would raise or guess by itself."""
    pytest.importorskip(module, reason=f"needs the extra {backend}")
    text = "\n\n".join([SENTENCES["fr"], f"\x00{SENTENCES['de']}\ud800", "12:30", SENTENCES["fr"]])
    assert languages(text, backend=backend) == ["fr", "fr", "de", "und", "fr"]
    assert f"{backend}-model" in Chain.of(Language(backend=backend)).versions


def test_a_package_can_register_a_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "harbour.py").write_text(
        "class Harbour:\n"
        "    least = 0.5\n"
        "    def identify(self, text):\n"
        "        return [('fo', 0.9), ('is', 0.1)] if 'havn' in text else [('is', 0.4)]\n"
    )
    about = tmp_path / "harbour-2.5.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: harbour\nVersion: 2.5\n")
    (about / "entry_points.txt").write_text("[copydesk.language_backends]\nharbour = harbour:Harbour\n")
    monkeypatch.syspath_prepend(tmp_path)
    result = Chain.of(Language(backend="harbour")).run("Havnin í Tórshavn er stongd.\n\nOrð.\n")
    assert [result.language, *(language_of(result.document, block) for block in result.document.blocks)] == [
        "fo",
        "fo",
        "und",
    ]
    assert result.record.versions["harbour"] == "2.5"
    with pytest.raises(ConfigError, match="there are cld2, harbour, langdetect"):
        Language(backend="guesser")


def test_a_missing_extra_is_named_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copydesk_stages.language.backends.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"lingua-language-detector.*copydesk\[lingua\]"):
        Language(backend="lingua")


RUN = """
import json, sys
from copydesk import Chain
from copydesk_stages.language import Language
for text in json.load(sys.stdin):
    print([edit.to_json() for edit in Chain.of(Language()).run(text).edits])
"""


def run_apart(texts: list[str], **environment: str) -> list[str]:
    """Return what a process of its own says of each text."""
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps(texts),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_order_hash_seed_and_cache_do_not_change_the_answer(tmp_path: Path) -> None:
    texts = [*SENTENCES.values(), "Hotel Bar", "\n\n".join(SENTENCES.values())]
    without = run_apart(texts, COPYDESK_CACHE="", PYTHONHASHSEED="1")
    filled = run_apart(texts[::-1], COPYDESK_CACHE=str(tmp_path), PYTHONHASHSEED="2")[::-1]
    cached = run_apart(texts, COPYDESK_CACHE=str(tmp_path), PYTHONHASHSEED="3")
    assert list(tmp_path.iterdir())
    assert without == filled == cached


@pytest.mark.parametrize("damage", ["cut short", "one byte changed", "empty", "another file", "a folder"])
def test_a_damaged_cache_is_not_used(tmp_path: Path, damage: str) -> None:
    built = {"numbers": np.arange(40, dtype=np.int16).reshape(8, 5), "none": np.zeros(0, np.uint32)}
    calls = []

    def build() -> dict[str, np.ndarray]:
        calls.append(damage)
        return built

    def get() -> dict[str, np.ndarray]:
        return dict(cache.arrays("x.bin", build))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(cache.VARIABLE, str(tmp_path))
        get()
        assert all((get()[name] == built[name]).all() for name in built)
        assert len(calls) == 1
        path = tmp_path / "x.bin"
        data = path.read_bytes()
        path.unlink()
        if damage == "a folder":
            path.mkdir()
        else:
            other = {"cut short": data[:-1], "empty": b"", "another file": b"x" * len(data)}
            path.write_bytes(other.get(damage, data[:200] + bytes([data[200] ^ 1]) + data[201:]))
        assert all((get()[name] == built[name]).all() for name in built)
    assert len(calls) > 1


def test_stale_caches_go_when_a_new_one_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    for name, age in (("x-1.bin", 40), ("x-1.bin.tmp", 40), ("x-2.bin", 2), ("other-1.bin", 40)):
        (tmp_path / name).write_bytes(b"")
        then = time.time() - age * 86400
        os.utime(tmp_path / name, (then, then))
    cache.arrays("x-3.bin", lambda: {"a": np.ones(3)})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other-1.bin", "x-2.bin", "x-3.bin"]


@pytest.mark.parametrize("folder", ["", "cache"])
def test_arrays_are_laid_out_alike_with_and_without_a_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """Taking rows of one that lies by columns costs a copy of all of it."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / folder) if folder else "")
    for _ in range(2):
        found = cache.arrays("x.bin", lambda: {"a": np.arange(12).reshape(3, 4).T})["a"]
        assert found.flags.c_contiguous
        assert found.tolist() == np.arange(12).reshape(3, 4).T.tolist()


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "folder"))
    assert cache.arrays("x.bin", lambda: {"a": np.ones(3)})["a"].sum() == 3


def test_nothing_heavy_is_loaded_where_the_script_decides() -> None:
    code = f"""
import sys
from copydesk import Chain
from copydesk_stages.language import Language
assert Chain.of(Language()).run({SENTENCES["el"]!r}).language == "el"
print([name for name in ("numpy", "py3langid", "langdetect") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_first_model_is_py3langids_own() -> None:
    """Features and scores are those that py3langid itself finds, up to the rounding of weights."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    theirs = LanguageIdentifier.from_model_file(MODEL_FILE)
    ours = models.reader("Latn")
    for text in [SENTENCES["de"], SENTENCES["pl"], SENTENCES["en"].upper()]:
        features = ours.features(text)
        columns = labels.frame("Latn", models.spoken()["Latn"]).columns
        expected = theirs._raw_score(theirs._encode(text))[list(columns)]
        found = ours.columns(features)[:-2] / models.UNITS
        assert np.abs(found - expected).max() < 0.002 * np.abs(expected).max()
        assert found.argmax() == expected.argmax()


@given(st.lists(st.text(max_size=60), max_size=6))
@settings(deadline=None, max_examples=60)
def test_any_text_is_answered_and_left_as_it_is(texts: list[str]) -> None:
    document = Document.from_blocks(texts)
    result = Chain.of(Language()).run(document)
    assert result.text == document.text
    assert all(0 <= (edit.score or 0) <= 1 for edit in result.edits)
    for block in result.document.blocks:
        if not any(map(str.isalpha, block.text)):
            assert language_of(result.document, block) == "und" or result.language != "und"


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("sr-Latn", "Posle dve nedelje pregovora sindikat je odlučio da prekine štrajk."),
        ("sr-Latn", "Radnici menjaju oštećene grede, a pešaci mogu da pređu na drugu obalu samo kod stare brane."),
        ("sr-Latn", "Sindikat traži da uprava luke do petka objavi ko je odobrio radove na keju."),
        ("hr", "Gdje je nestao čovjek koji je vidio nesreću kod stare luke?"),
        ("nn", "Ho veit ikkje kva ho skal gjere med den gamle båten."),
        ("nb", "Hun vet ikke hva hun skal gjøre med den gamle båten."),
        ("da", "Hun ved ikke, hvad hun skal gøre med den gamle båd."),
        ("hi", "बंदरगाह की पुरानी दीवार गिर गई है और नावें बाहर खड़ी हैं।"),
        ("hi", "पहले दो लड़के पानी में उतरे, बाद में उनकी माँ हो आई।"),
        ("mr", "बंदराची जुनी भिंत पडली आहे आणि होड्या बाहेर उभ्या आहेत."),
        ("gd", "Tha am bàta a' fàgail a' chalaidh anns a' mhadainn."),
    ],
)
def test_close_languages_are_told_by_their_words(tag: str, text: str) -> None:
    assert languages(text)[0] == tag


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("mi", "Ka tīmata te hui ā te ata o te Mane i te whare o te tangata hī ika."),
        ("ts", "Vanhu va le mutini va rindzela xikepe lexi nga ta fika mundzuku nimixo."),
        ("gl", "A lonxa de Portovello pecha mañá ás once porque a cuberta ten unha fenda."),
        ("lb", "D'Kanner hunn op der Strooss gespillt bis et däischter gouf."),
    ],
)
def test_a_language_that_one_model_alone_knows_is_found(tag: str, text: str) -> None:
    assert languages(text)[0] == tag


def test_where_a_word_ends_is_evidence() -> None:
    """The same letters, cut into words otherwise, are no longer the language."""
    assert languages("Das Boot ist an der alten Mole und wir sind auf dem Weg zu ihm.")[0] == "de"
    assert languages("Dasbo otis tan deral tenmo leun dwi rsin dau fde mwegz uihm.")[0] == "und"


def test_an_impossible_character_is_no_ngram() -> None:
    assert languages("Die Fähre\0 fährt heute nicht mehr.")[0] == "de"
    assert languages("\0\0\0 a\0b \0")[0] == "und"


def test_an_english_button_in_a_russian_page_is_english() -> None:
    text = f"{SENTENCES['ru']}\n\nPlease enable JavaScript to view this content.\n\n{SENTENCES['ru']}"
    assert languages(text)[2] in ("en", "und")


def test_a_row_of_a_table_is_not_taken_for_code() -> None:
    row = "| Home size | Average total cost | Cost for an hour of work | Number of movers | Hours needed |"
    assert languages(row)[0] == "en"


@pytest.mark.parametrize("backend", ["py3langid", "langdetect"])
def test_the_version_and_the_models_of_what_decides_are_stamped_on_the_record(backend: str) -> None:
    versions = Chain.of(Language(backend=backend)).run(SENTENCES["el"]).record.versions
    assert backend in versions
    assert re.fullmatch("[0-9a-f]{12}", versions[f"{backend}-model"])


def test_a_line_that_stands_a_thousand_times_is_looked_at_once() -> None:
    """Menus repeat their lines; what a text says does not depend on how often it was asked."""
    looked = []

    def counting(text: str) -> Evidence:
        looked.append(text)
        return evidence(text)

    once = [SENTENCES["de"], "Teilen", "12 %"]
    found = identify([*once, *["Teilen", "12 %"] * 1000], counting)
    assert sorted(looked) == sorted(once)
    assert found.main.tag == "de"
    assert len(found.blocks) == 2003
    assert found.blocks[3::2] == found.blocks[1:2] * 1000


@given(st.permutations(["Teilen", "Share", "Share", "Delen", "Nieuws", "Share", "Home", "Kontakt", "Teilen", "12 %"]))
def test_the_documents_language_does_not_depend_on_the_order_of_its_lines(lines: list[str]) -> None:
    assert identify(lines, evidence).main == identify(sorted(lines), evidence).main


def test_what_stands_beside_a_line_still_counts_where_the_line_is_repeated() -> None:
    """Each place is judged by its own neighbours, as it is where the line stands there alone."""
    foreign = "Гавань закрыта"
    texts = [
        SENTENCES["uk"],
        foreign,
        SENTENCES["ru"],
        foreign,
        SENTENCES["ru"],
        SENTENCES["uk"],
        SENTENCES["uk"],
        foreign,
    ]
    found = identify(texts, evidence).blocks
    assert found[1] != found[3]
    assert found[3].tag == "ru"


def test_any_number_of_processes_gives_the_same_bytes(tmp_path: Path) -> None:
    texts = [*SENTENCES.values(), "Hotel Bar", "\n\n".join(SENTENCES.values()), "12:30"] * 20
    lines = [json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts)]
    (tmp_path / "a.jsonl").write_text("".join(lines))
    (tmp_path / "b.jsonl").write_text("".join(reversed(lines)))
    chain = Chain.of(Language())
    outputs = []
    for workers in (1, 4):
        batch.clean([tmp_path / "a.jsonl", tmp_path / "b.jsonl"], tmp_path / f"{workers}", chain=chain, workers=workers)
        outputs += [(tmp_path / f"{workers}" / name).read_bytes().splitlines() for name in ("a.jsonl", "b.jsonl")]
    assert outputs[0] == outputs[2] == outputs[1][::-1] == outputs[3][::-1]
    assert all(json.loads(line)["copydesk"]["language"] for line in outputs[0])
