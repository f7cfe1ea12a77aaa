"""The line rules that corpus builders know by name. None is on unless a chain names it."""

from __future__ import annotations

from copydesk_stages.line_rules.c4 import C4Lines
from copydesk_stages.line_rules.fineweb import FineWebLines
from copydesk_stages.line_rules.gopher import GopherRepetition
from copydesk_stages.line_rules.refinedweb import RefinedWebLines

__all__ = ["C4Lines", "FineWebLines", "GopherRepetition", "RefinedWebLines"]
