"""UTF-8 that was read as something else: found and read back, by line and then by word."""

from __future__ import annotations

import re

from copydesk_stages.repair.gate import may_be_double, odd_lines, suspect
from copydesk_stages.repair.lost import may_be_lost, walk_lost
from copydesk_stages.repair.lowered import NAME, Lowered, is_contested, read_lowered
from copydesk_stages.repair.mentions import mentions
from copydesk_stages.repair.plausible import badness, is_latin, is_one_script
from copydesk_stages.repair.reading import (
    MARGIN,
    MAX_TIMES,
    Reading,
    Repair,
    Ways,
    likeliest,
    margin_for,
    mend_whole,
    reads_of,
)
from copydesk_stages.repair.roads import roads
from copydesk_stages.repair.words import mend_words


def mend_line(line: str) -> list[Repair]:
    """Return the repairs of one line, in order."""
    single, double = suspect(line), may_be_double(line)
    if not (single or double):
        return []
    ways = Ways(single, double, is_latin(line))
    whole = mend_whole(line, ways)
    lowered = read_lowered(line) if single else None
    if lowered is not None:
        choice = _choose_lowered(line, whole, lowered, latin=ways.latin)
        if choice and whole is None and is_contested(line, lowered.text):
            lost = _mend_lost(line, ways)
            return [lost] if lost and is_one_script(lost.text) else []
        if choice is not None:
            return choice
    if whole is None and single:
        whole = _mend_lost(line, ways)
    if whole is None and double and ways.latin:
        whole = _mend_lone(line)
    return [whole] if whole else _with_lone_a(line, _mend_but_mentions(line, ways))


def _mend_but_mentions(line: str, ways: Ways) -> list[Repair]:
    """Return the repairs of the words of a line, without those that the line is about."""
    repairs, at = [], 0
    for start, end in (*mentions(line), (len(line), len(line))):
        mended = mend_words(line[at:start], ways)
        repairs += [repair._replace(start=at + repair.start, end=at + repair.end) for repair in mended]
        at = end
    return repairs


_LONE_A = re.compile("(?<![^ ])Ã(?= )")


def _with_lone_a(line: str, repairs: list[Repair]) -> list[Repair]:
    """Return the repairs with those of each "Ã" that is what is left of a misread "à" before a space.

    >>> [repair.text for repair in mend_line("l’Ã©tÃ© passÃ© Ã l’ombre")]
    ['l’été', 'passé', 'à']
    """
    walked = next((repair for repair in repairs if repair.roads[-1] in ("latin-1", "cp1252", "cp1254")), None)
    if walked is None:
        return repairs
    lone = [walked._replace(start=a.start(), end=a.end(), text="à") for a in _LONE_A.finditer(line)]
    return sorted([*repairs, *(a for a in lone if not any(r.start <= a.start < r.end for r in repairs))])


_LONE_MARGIN = 5.0


def _mend_lone(line: str) -> Repair | None:
    """Return the repair of a line of Latin letters with one East Asian character that stands alone, None if it may.

    It is no such character where what it was is a word of one letter in the language of the line, or a quotation mark.

    >>> _mend_lone("Il sindaco 猫 arrivato ieri sera a Torino").text
    'Il sindaco è arrivato ieri sera a Torino'
    >>> _mend_lone("The character 猫 means cat in that old book")
    """
    found = _LONE.fullmatch(line)
    reads = reads_of(line, Ways(single=False, double=True, latin=True)) if found else []
    for rank, read in reads:
        char = next(char for char in read if not char.isascii())
        gain = round(badness(line, latin=True) - badness(read, latin=True), 3)
        if char in "«»":
            return Repair(0, len(line), read, (roads()[rank].name,), gain)
        if char.isalpha() and char.islower():
            from copydesk_stages.letters import Language

            language = Language(read.replace(char, " "))
            gain = round(gain + language.rarity("^\uffff^") - language.rarity(f"^{char}^"), 3)
            if gain >= _LONE_MARGIN:
                return Repair(0, len(line), read, (roads()[rank].name,), gain)
    return None


# One character beyond ASCII between spaces.
_LONE = re.compile(r"(?:[\x00-\x7f]*\s)?[^\x00-\x7f](?:\s[\x00-\x7f]*)?")


def mend_text(text: str) -> Repair | None:
    """Return the repair of a text all of which was misread along one road, None where lines have to be told apart.

    Lines that are too short to tell by themselves are told by the others, one of which has to tell it by itself.
    """
    if "\n" not in text.strip("\n"):
        return None
    end = text[-_END:].partition("\n")[2]
    if not end.isascii() and not reads_of(end, Ways(single=True, double=False, latin=False)):
        return None
    repair = mend_whole(text, Ways(single=True, double=False, latin=is_latin(text[:_ASKED])))
    if repair is None or any(mend_line(repair.text[a:b]) for a, b, _ in odd_lines(repair.text, hidden=False)):
        return None
    lines = (text[a:b] for a, b, _ in odd_lines(text[:_ASKED], hidden=False))
    return repair if any(alone.roads == repair.roads for line in lines for alone in mend_line(line)) else None


_ASKED = 2000  # characters, of a text that seems misread as a whole
_END = 400  # characters, of a text that most likely is not


def is_in_doubt(line: str) -> bool:
    """Tell whether a line is damage that cannot be read back for certain, so that no other fix should touch it.

    >>> is_in_doubt("à¸šà¸²"), is_in_doubt("déjà vu")
    (True, False)
    """
    lowered = read_lowered(line)
    latin = is_latin(line)
    return lowered is not None and badness(line, latin=latin) - badness(lowered.text, latin=latin) >= MARGIN


_LOOKED_AT = 20_000  # characters, of a line that lost some of its own


def _mend_lost(line: str, ways: Ways) -> Repair | None:
    """Return the repair of a line that lost no-break spaces or bytes, None where that does not explain it."""
    text, gain = line, 0.0
    walked: tuple[str, ...] = ()
    while len(walked) < MAX_TIMES and may_be_lost(text):
        readings = []
        for rank, road in ways.roads_of(text):
            read = walk_lost(text, road)
            if read is not None:
                readings.append(Reading(badness(read[:_LOOKED_AT], latin=ways.latin), (rank,), read))
        cost = badness(text[:_LOOKED_AT], latin=ways.latin)
        best = likeliest([r for r in readings if cost - r.cost >= margin_for(r.text, text, "")])
        if best is None:
            break
        text, walked, gain = (
            best.text,
            (*walked, f"{roads()[best.ranks[0]].name} with lost bytes"),
            gain + cost - best.cost,
        )
    return Repair(0, len(line), text, walked, round(gain, 3)) if walked else None


def _choose_lowered(line: str, whole: Repair | None, lowered: Lowered, *, latin: bool) -> list[Repair] | None:
    """Return the repair of a line that was lower-cased when misread: [] where in doubt, None where it was not."""
    cost = badness(lowered.text, latin=latin)
    gain = round(badness(line, latin=latin) - cost, 3)
    mended = [Repair(0, len(line), lowered.text, (NAME,), gain)]
    if whole is None:
        return None if gain < margin_for(lowered.text, line, "") else [] if lowered.doubtful else mended
    too_many = _TOO_MANY_SMALL if whole.text != lowered.text else _FAR_TOO_MANY_SMALL
    in_doubt = lowered.doubtful and lowered.held >= too_many
    if whole.text == lowered.text:
        return [] if in_doubt else None
    from copydesk_stages.letters import unlikeliness

    rare_whole, rare_lowered = unlikeliness([whole.text, lowered.text])
    if cost + rare_lowered + 1 <= badness(whole.text, latin=latin) + rare_whole:
        return [] if lowered.doubtful else mended
    return [] if in_doubt else None


# A line of Chinese or Japanese with that many small letters where capitals are as likely was lower-cased.
_TOO_MANY_SMALL = 3
_FAR_TOO_MANY_SMALL = 5
