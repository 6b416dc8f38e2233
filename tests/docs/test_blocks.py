"""No block of a page goes without being run, read, or explained."""

import ast
import json
import re

import pytest

from tests.docs.blocks import DRAWING, PROSE, REPOSITORY, Block, blocks_of, pages, read_blocks

BLOCKS = [block for page in pages() for block in blocks_of(page)]
LANGUAGES = {"sh", "python", "js", "json", PROSE, DRAWING}
NOT_RUN = 15
"""How many blocks are not run. Who adds one counts it here."""
SHORTEST_REASON = 10


def test_pages_have_blocks() -> None:
    assert len(BLOCKS) > 40
    assert {"README.md", "docs/quick-start.md", "examples/node/README.md"} <= {block.page for block in BLOCKS}


def test_every_fence_is_found() -> None:
    for page in pages():
        fences = re.findall(r"^ *```", (REPOSITORY / page).read_text(encoding="utf-8"), re.MULTILINE)
        assert len(fences) == 2 * len(blocks_of(page)), page


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_block_says_its_language(block: Block) -> None:
    assert block.language in LANGUAGES


def test_blocks_that_are_not_run_are_counted_and_say_why() -> None:
    not_run = [block for block in BLOCKS if block.reason is not None]
    assert len(not_run) == NOT_RUN, [str(block) for block in not_run]
    assert [str(block) for block in not_run if len(block.reason or "") < SHORTEST_REASON] == []


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "json"], ids=str)
def test_json_can_be_read(block: Block) -> None:
    json.loads(block.code)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "python"], ids=str)
def test_python_can_be_read(block: Block) -> None:
    ast.parse(block.code)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.is_run], ids=str)
def test_call_of_the_api_says_what_it_shows(block: Block) -> None:
    """curl is content with an error, so that its exit code proves nothing."""
    assert block.prints or "curl" not in block.code


@pytest.mark.parametrize("page", pages())
def test_links_lead_to_files_and_headings(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", _without_code(page)):
        path, _, heading = target.partition("#")
        if path.startswith(("https:", "http:", "mailto:")):
            continue
        found = (REPOSITORY / page).parent / path if path else REPOSITORY / page
        assert found.exists(), target
        if heading:
            assert heading in _anchors(found.read_text(encoding="utf-8")), target


def test_markers_belong_to_the_block_beside() -> None:
    text = (
        "<!-- not run: too slow to run -->\n```sh\na\n```\n\n```sh\nb\n```\n<!-- prints: x y -->\n<!-- prints: z -->\n"
    )
    first, second = read_blocks("page", text)
    assert (first.reason, first.prints, first.line) == ("too slow to run", (), 2)
    assert (second.reason, second.prints, second.line) == (None, ("x y", "z"), 6)


def _without_code(page: str) -> str:
    return re.sub(r"^```.*?^```$", "", (REPOSITORY / page).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def _anchors(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
