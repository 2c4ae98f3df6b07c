"""What keeps the page closed: no request, no script but its own, and data that cannot end the element it stands in."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable

_AS_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def embedded_json(value: object) -> str:
    """JSON that may stand in a script element, whatever its texts hold."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_AS_ESCAPES)


def content_policy(styles: Iterable[str], script: str) -> str:
    """A Content-Security-Policy under which these styles and this script count and nothing is ever fetched."""
    digests = " ".join(f"'{_digest(style)}'" for style in styles)
    return (
        f"default-src 'none'; style-src {digests}; script-src '{_digest(script)}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
