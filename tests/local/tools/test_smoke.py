"""`make smoke` before the build: each function needs a command in docs/local-invoke.md and an effect."""

import pytest

from local.paths import ROOT
from local.tools import local_invoke, smoke, smoke_effects
from local.tools.local_invoke import Command

FOLDERS = sorted(file.parent.name for file in ROOT.glob("functions/*/app.py"))


def test_each_function_has_a_command_and_an_effect() -> None:
    assert sorted(smoke_effects.EFFECTS) == FOLDERS
    assert sorted(smoke._logical_id(it) for it in FOLDERS) == sorted(it.function for it in local_invoke.commands())


def test_each_event_of_a_command_exists_and_has_its_video() -> None:
    for command in local_invoke.commands():
        assert "VIDEO_ID" not in str(command.content("0198f2a0-0000-7000-8000-00000000000b"))


def test_every_placeholder_is_replaced_by_the_command_that_needs_it() -> None:
    piped = {it.event for it in local_invoke.commands() if "VIDEO_ID" in (ROOT / it.event).read_text()}
    guide = local_invoke.GUIDE.read_text()

    assert all(f'sed "s/VIDEO_ID/$VIDEO/" {event} |' in guide for event in piped)


def test_functions_without_a_command_are_named_before_the_build(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = [it for it in local_invoke.commands() if it.function != "LibraryFunction"]
    monkeypatch.setattr(local_invoke, "commands", lambda: list[Command](listed))
    monkeypatch.setattr(
        smoke_effects, "EFFECTS", {name: it for name, it in smoke_effects.EFFECTS.items() if name != "web"}
    )

    code = smoke.main()

    message = "Add a command to docs/local-invoke.md and an effect to EFFECTS for library, web.\n"
    assert (code, capsys.readouterr().err) == (1, message)
