"""Tables in plain text."""

from collections.abc import Sequence


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints `rows` under `head`, columns as wide as they must be."""
    texts = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(text[column]) for text in texts) for column in range(len(head))]
    print(f"\n{title}\n")
    for number, text in enumerate(texts):
        print("  ".join(cell.ljust(width) for cell, width in zip(text, widths, strict=True)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))
