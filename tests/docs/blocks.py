"""The code blocks of all pages, and what their pages say about running them.

A comment before a block, `<!-- not run: reason -->`, says why it is not run. Comments after a block,
`<!-- prints: text -->`, say what it shows. Neither is seen by readers.
"""

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PROSE = "text"
DRAWING = "mermaid"
"""The languages of what nobody runs: output, and drawings."""

_BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^\n]*) -->\n)?"
    r"^```(?P<language>[^\n]*)\n(?P<code>.*?)^```$"
    r"(?P<prints>(?:\n<!-- prints: [^\n]* -->)*)",
    re.DOTALL | re.MULTILINE,
)
_PRINTS = re.compile(r"<!-- prints: (.*) -->")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of code between fences."""

    page: str
    line: int
    language: str
    code: str
    prints: tuple[str, ...]
    """Each of these is in what it prints."""
    reason: str | None
    """Why it is not run."""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def is_run(self) -> bool:
        return self.reason is None and self.language not in {PROSE, DRAWING}


def pages() -> list[str]:
    """All pages that tell users what to type, from the root of the repository."""
    globs = ("README.md", "CONTRIBUTING.md", "docs/**/*.md", "examples/*/README.md")
    found = (path for pattern in globs for path in REPOSITORY.glob(pattern))
    return sorted(str(path.relative_to(REPOSITORY)) for path in found)


def blocks_of(page: str) -> list[Block]:
    """The blocks of a page, in its order."""
    return read_blocks(page, (REPOSITORY / page).read_text(encoding="utf-8"))


def read_blocks(page: str, text: str) -> list[Block]:
    """The blocks in `text`."""
    return [
        Block(
            page=page,
            line=text.count("\n", 0, found.start("language")) + 1,
            language=found["language"],
            code=found["code"],
            prints=tuple(_PRINTS.findall(found["prints"])),
            reason=found["reason"],
        )
        for found in _BLOCK.finditer(text)
    ]
