"""The portal's files: what they are served as, what they may do in a browser, and that nothing else is served."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

from functions.api.portal_assets import DIRECTORY, PORTAL_PAGE, portal_assets, read_assets
from tests.api_calls import Answered
from tests.functional.client import Api
from tests.functional.test_publishing import problem

VERSION = portal_assets().version
TYPES = {
    "app.js": "text/javascript; charset=utf-8",
    "views/webhooks.js": "text/javascript; charset=utf-8",
    "styles/base.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml; charset=utf-8",
}


@pytest.fixture
def visitor(api: Api) -> Api:
    """Somebody without a key."""
    return api.with_key(None)


def policy(answer: Answered) -> dict[str, str]:
    """Directives of the content security policy."""
    directives = [each.strip() for each in answer.headers["content-security-policy"].split(";")]
    return {name: value for name, _, value in (each.partition(" ") for each in directives)}


def test_page_is_there_for_everybody(visitor: Api) -> None:
    answer = visitor.get("/portal")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_slash_at_the_end_leads_to_the_page(visitor: Api, method: str) -> None:
    answer = visitor.call(method, "/portal/")
    assert (answer.status, answer.text) == (308, "")
    for base in ("https://hooks.example.com", "https://example.com/base"):
        assert urljoin(f"{base}/portal/", answer.headers["location"]) == f"{base}/portal"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_browser_that_asks_for_the_root_is_led_to_the_page(visitor: Api, method: str) -> None:
    answer = visitor.with_headers(accept="text/html,application/xhtml+xml,*/*;q=0.8").call(method, "/")
    assert (answer.status, answer.text, answer.headers["vary"]) == (302, "", "Accept")
    for base in ("https://hooks.example.com", "https://example.com/base"):
        assert urljoin(f"{base}/", answer.headers["location"]) == f"{base}/portal"


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_root_tells_programs_what_is_where(visitor: Api, accept: str) -> None:
    answer = visitor.with_headers(accept=accept).get("/")
    assert (answer.status, answer.headers["vary"]) == (200, "Accept")
    assert answer.json["name"] == "Parcelhook"
    for name in ("portal", "documentation", "openapi"):
        assert visitor.get(answer.json[name]).status == 200


def test_root_has_no_body_for_head_and_no_parameters(visitor: Api) -> None:
    answer = visitor.call("HEAD", "/")
    assert (answer.status, answer.text) == (200, "")
    for path in ("/", "/portal/"):
        assert problem(visitor.get(path, key="secret"), 422) == ["?key"]
        problem(visitor.post(path, {}), 405)


def test_page_names_only_files_that_are_served(visitor: Api) -> None:
    named = re.findall(r'(?:src|href)="(/[^"]+)"', visitor.get("/portal").text)
    assert len(named) >= 3
    for path in named:
        assert visitor.get(path).status == 200


def test_modules_import_only_files_that_are_served() -> None:
    files = portal_assets().files
    for name, asset in files.items():
        for imported in re.findall(r'from "(\.[^"]+)"', asset.content.decode()):
            target = (DIRECTORY / name).parent / imported
            assert target.resolve().relative_to(DIRECTORY.resolve()).as_posix() in files, f"{name} imports {imported}"


@pytest.mark.parametrize(("name", "content_type"), TYPES.items())
def test_file_is_served_as_what_it_is_and_kept_for_ever(visitor: Api, name: str, content_type: str) -> None:
    answer = visitor.get(f"/portal/{VERSION}/{name}")
    assert answer.status == 200
    assert answer.headers["content-type"] == content_type
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.text == (DIRECTORY / name).read_text(encoding="utf-8")


def test_page_is_asked_for_each_time_so_that_a_deployment_shows(visitor: Api) -> None:
    assert visitor.get("/portal").headers["cache-control"] == "no-cache"


def test_file_of_another_version_is_the_current_one_and_not_kept(visitor: Api) -> None:
    answer = visitor.get("/portal/0123456789abcdef/app.js")
    assert answer.text == (DIRECTORY / "app.js").read_text(encoding="utf-8")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/portal", f"/portal/{VERSION}/app.js"])
def test_browser_runs_our_files_only_and_calls_nobody_else(visitor: Api, path: str) -> None:
    answer = visitor.get(path)
    assert policy(answer) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "",
    }
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_page_has_no_script_and_no_style_of_its_own(visitor: Api) -> None:
    text = visitor.get("/portal").text
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert "<style" not in text
    assert re.findall(r"\s(?:style|on\w+)=", text) == []


@pytest.mark.parametrize("path", ["/portal", f"/portal/{VERSION}/app.js"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_file_that_is_known_is_not_sent_again(visitor: Api, path: str, form: str) -> None:
    tag = visitor.get(path).headers["etag"]
    known = visitor.with_headers(if_none_match=form.format(tag)).get(path)
    assert known.status == 304
    assert known.text == ""
    assert known.headers["etag"] == tag
    changed = visitor.with_headers(if_none_match='"other"').get(path)
    assert changed.status == 200


def test_head_is_told_the_same_without_the_content(visitor: Api) -> None:
    answer = visitor.call("HEAD", "/portal")
    assert answer.status == 200
    assert answer.text == ""
    assert answer.headers["etag"] == visitor.get("/portal").headers["etag"]


@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        "missing.js",
        "../handler.py",
        "..%2fhandler.py",
        "../../api/handler.py",
        "%2e%2e/handler.py",
        "views/../app.js",
        "views/../../handler.py",
        "/etc/passwd",
        "//etc/passwd",
        "views",
        "views/",
        "",
    ],
)
def test_what_is_no_file_of_the_portal_is_not_served(visitor: Api, name: str) -> None:
    problem(visitor.get(f"/portal/{VERSION}/{name}"), 404)


def test_other_methods_and_parameters_are_refused(visitor: Api) -> None:
    answer = visitor.post("/portal", {})
    problem(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD"
    assert problem(visitor.get("/portal", key="secret"), 422) == ["?key"]


def test_version_is_another_as_soon_as_a_file_changes(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("/portal/{{version}}/app.js")
    (tmp_path / "app.js").write_text("1")
    before = read_assets(tmp_path)
    assert read_assets(tmp_path).version == before.version
    (tmp_path / "app.js").write_text("2")
    after = read_assets(tmp_path)
    assert after.version != before.version
    assert after.pages[PORTAL_PAGE].content.decode() == f"/portal/{after.version}/app.js"
    assert after.pages[PORTAL_PAGE].tag != before.pages[PORTAL_PAGE].tag


def test_only_files_for_browsers_are_read(tmp_path: Path) -> None:
    for name in ("index.html", "app.js", "notes.md", "secret.env"):
        (tmp_path / name).write_text("x")
    assert set(read_assets(tmp_path).files) == {"app.js"}
