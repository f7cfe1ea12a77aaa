"""Pages of one file: own styles and scripts by hash, data as JSON, nothing from anywhere else."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

_ASSETS = Path(__file__).parent / "assets"


@cache
def asset(name: str) -> str:
    """Return the text of a style or script that ships with copydesk."""
    return (_ASSETS / name).read_text(encoding="utf-8")


def embedded(data: Any) -> str:
    r"""Return data as JSON that cannot end the element it stands in, whatever is in it.

    >>> embedded(["</script>", "\ud800"])
    '["\\u003c/script\\u003e", "\\ud800"]'
    """
    dumped = json.dumps(data, ensure_ascii=True)
    return dumped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def policy(styles: str, script: str, *, connect: str = "'none'") -> str:
    """Return a content security policy that allows this style and this script and nothing else."""
    rules = {
        "default-src": "'none'",
        "style-src": _hash(styles),
        "script-src": _hash(script),
        "connect-src": connect,
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{key} {value}" for key, value in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def document(
    title: str, body: str, data: Any, *, styles: Sequence[str], scripts: Sequence[str], connect: str = "'none'"
) -> str:
    """Return a page: `body` is markup of our own, `data` anything, `styles` and `scripts` names of assets."""
    style = "\n".join(map(asset, styles))
    script = "\n".join(map(asset, scripts))
    return (
        "<!doctype html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy(style, script, connect=connect))}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{html.escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n"
        f'<script type="application/json" id="data">{embedded(data)}</script>\n<script>{script}</script>\n'
        "</body>\n</html>\n"
    )
