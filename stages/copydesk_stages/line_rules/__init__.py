"""The line rules that corpus builders know by name. None is on unless a chain names it."""

from __future__ import annotations

from copydesk_stages.line_rules.c4_lines import C4Lines
from copydesk_stages.line_rules.fineweb_lines import FineWebLines
from copydesk_stages.line_rules.gopher_repetition import GopherRepetition
from copydesk_stages.line_rules.refinedweb_lines import RefinedWebLines

__all__ = ["C4Lines", "FineWebLines", "GopherRepetition", "RefinedWebLines"]
