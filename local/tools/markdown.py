"""Markdown tables for the generated documents."""

from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a pipe in a cell is escaped."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"|{''.join(map(_cell, line))}" for line in lines)


def code(text: object) -> str:
    """Return inline code, or nothing for an empty text."""
    return f"`{text}`" if str(text) else ""


def _cell(text: str) -> str:
    escaped = text.replace("|", "\\|").replace("\n", " ").strip()
    return f" {escaped} |" if escaped else " |"
