"""The language stage, through a chain: what it tags, where it says that it does not know, what it leaves alone."""

from __future__ import annotations

import pickle

import pytest

import copydesk
from copydesk import Chain, ConfigError
from copydesk_stages.language import Language, language_of

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
