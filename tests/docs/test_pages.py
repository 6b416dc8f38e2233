"""What the pages tell to type works word for word, and shows what they say."""

from functools import partial

import pytest

from local.testing import wait_for
from tests.docs.blocks import Block, blocks_of, pages
from tests.docs.terminal import Terminal

PATIENCE = 60.0
CHANGING = (" -d ", " -X ", "publish", " create ", " retry ")
WITH_SESSIONS = [
    page for page in pages() if any(block.is_run and block.language != "json" for block in blocks_of(page))
]


def only_reads(block: Block) -> bool:
    """Whether somebody who sees nothing yet may just type it in again."""
    return not any(word in block.code for word in CHANGING)


def shows(terminal: Terminal, block: Block) -> bool:
    code, printed = terminal.run(block)
    return code == 0 and all(text in printed for text in block.prints)


@pytest.mark.parametrize("page", WITH_SESSIONS)
def test_page_works_when_typed_in(page: str, terminal: Terminal) -> None:
    for block in blocks_of(page):
        if not block.is_run or block.language == "json":
            continue
        if only_reads(block):
            wait_for(partial(shows, terminal, block), seconds=PATIENCE, what=f"{block.prints} of {block}")
            continue
        code, printed = terminal.run(block)
        assert code == 0, f"{block}: {printed}"
        assert [text for text in block.prints if text not in printed] == [], f"{block}: {printed}"
