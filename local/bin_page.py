"""The request bin as a page that refreshes itself."""

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape

from local.bin import Captured
from local.messages import Response
from parcelhook.clock import to_text

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--card:#f6f8fa;--line:#d0d7de;--accent:#0b5cad}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--paper:#0d1117;--card:#161b22;--line:#30363d;
--accent:#6cb6ff}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;padding:1rem;
max-width:60rem}
h1{font-size:1.3rem;overflow-wrap:anywhere}p,time{color:var(--soft)}
article{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:0 0 1rem;padding:.75rem 1rem}
h2{font-size:1rem;margin:0 0 .5rem;overflow-wrap:anywhere}h2 b{color:var(--accent)}
pre{font:13px/1.5 ui-monospace,monospace;margin:.5rem 0 0;white-space:pre-wrap;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:0 1rem;margin:0;font:13px/1.5 ui-monospace,monospace}
dt{color:var(--soft);overflow-wrap:anywhere}dd{margin:0;overflow-wrap:anywhere}
"""

# Only what changed is replaced, so that reading, scrolling and selecting go on undisturbed.
_SCRIPT = """
setInterval(async()=>{try{const text=await(await fetch(location.href)).text();
const fresh=new DOMParser().parseFromString(text,"text/html").querySelector("main");
const shown=document.querySelector("main");
if(fresh&&fresh.innerHTML!==shown.innerHTML)shown.replaceWith(document.importNode(fresh,true))}catch{}},1500)
"""


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY = (
    f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(name: str, requests: Sequence[Captured]) -> Response:
    """The bin's page. Everything that arrived is shown as text, never as markup."""
    return Response(
        status=200,
        headers=(
            ("content-type", "text/html; charset=utf-8"),
            ("content-security-policy", POLICY),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ),
        # JSON may hold half of a surrogate pair, which UTF-8 cannot.
        body=_html(name, requests).encode(errors="replace"),
    )


def _html(name: str, requests: Sequence[Captured]) -> str:
    count = f"{len(requests)} request{'' if len(requests) == 1 else 's'}" if requests else "Nothing has arrived yet"
    shown = "".join(map(_article, requests))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(name)} - request bin</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style>'
        '<noscript><meta http-equiv="refresh" content="2"></noscript></head>'
        f'<body><h1>Request bin {escape(name)}</h1><main aria-live="polite"><p>{count}, newest first.</p>{shown}</main>'
        f"<script>{_SCRIPT}</script></body></html>"
    )


def _article(captured: Captured) -> str:
    target = captured.path + (f"?{captured.query}" if captured.query else "")
    headers = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in captured.headers.items())
    return (
        f"<article><h2><b>{escape(captured.method)}</b> {escape(target)}</h2>"
        f"<time>{to_text(captured.received_at)}</time><dl>{headers}</dl><pre>{escape(pretty(captured.body))}</pre></article>"
    )


def pretty(body: str) -> str:
    """JSON with indentation; anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
