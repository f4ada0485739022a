"""`make map`, and the rules that modules are short and start with a summary."""

import ast
from pathlib import Path

import pytest

from local.paths import ROOT
from local.tools import module_map

MODULES = [*module_map.modules(ROOT)]
MAX_LINES = 250  # a longer module is two ideas


@pytest.mark.parametrize("file", MODULES, ids=lambda it: str(it.relative_to(ROOT)))
def test_modules_start_with_a_summary_and_are_short(file: Path) -> None:
    assert module_map.summary(file) != ""
    assert len(file.read_text().splitlines()) <= MAX_LINES


def test_packages_hold_no_code_so_that_a_cold_start_loads_only_what_it_needs() -> None:
    packages = [it for it in MODULES if it.name == "__init__.py" and "keepreel" in it.parts]

    assert packages
    assert [it for it in packages if len(ast.parse(it.read_text()).body) > 1] == []


@pytest.mark.parametrize(
    ("name", "text", "summary"),
    [
        ("a.py", '"""DynamoDB tables.\n\nMore."""\n', "DynamoDB tables."),
        ("a.py", "x = 1\n", ""),
        ("a.js", "// Format dates and prices.\nexport {};\n", "Format dates and prices."),
        ("a.js", "/** Format dates. */\nexport {};\n", "Format dates."),
        ("a.js", "/**\n * Format dates.\n */\n", "Format dates."),
        ("a.js", '"use strict";\n// Format dates.\n', "Format dates."),
        ("a.js", "export const x = 1; // one\n", ""),
    ],
)
def test_the_summary_is_the_first_line_of_the_docstring_or_comment(
    tmp_path: Path, name: str, text: str, summary: str
) -> None:
    (tmp_path / name).write_text(text)

    assert module_map.summary(tmp_path / name) == summary


def test_the_map_groups_modules_by_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("local/b.py", "local/a/c.py", "functions/f/app.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f'"""Module {name}."""\n')
    (tmp_path / "local/__init__.py").write_text("")
    monkeypatch.setattr(module_map, "ROOT", tmp_path)

    module_map.main()

    assert [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line] == [
        ["functions/f/"],
        ["app.py", "Module functions/f/app.py."],
        ["local/"],
        ["b.py", "Module local/b.py."],
        ["local/a/"],
        ["c.py", "Module local/a/c.py."],
    ]
