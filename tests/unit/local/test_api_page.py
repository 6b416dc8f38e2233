from functions.api.routes import GROUPS
from local import api_page


def test_page_tells_what_the_routes_do() -> None:
    written = api_page.PAGE.read_text(encoding="utf-8")
    assert written == api_page.page(), "write it anew: .venv/bin/python -m local.api_page"


def test_page_has_every_route() -> None:
    rows = [line for line in api_page.page().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(group.routes) for group in GROUPS)
