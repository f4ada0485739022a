"""Stand-ins for the commands `sam` and `aws`: they record their arguments and answer from a file."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCRIPT = """#!{python}
import json, pathlib, sys
folder = pathlib.Path(__file__).parent
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps([pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]) + "\\n")
answers = json.loads((folder / "answers.json").read_text())
made = [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]
matching = [it for it in answers if all(word in made for word in it["for"].split())]
if not matching:
    sys.exit(f"no answer for: {{made}}")
answer = matching[0]
if answer["times"] > 0:
    answer["times"] -= 1
    if not answer["times"]:
        answers.remove(answer)
    (folder / "answers.json").write_text(json.dumps(answers))
if "error" in answer:
    sys.exit(answer["error"])
print(json.dumps(answer["output"]) if answer["output"] is not None else "")
"""


@dataclass(frozen=True)
class FakeCommands:
    folder: Path

    @classmethod
    def install(cls, folder: Path) -> "FakeCommands":
        folder.mkdir()
        for name in ("sam", "aws"):
            script = folder / name
            script.write_text(_SCRIPT.format(python=sys.executable))
            script.chmod(0o755)
        (folder / "answers.json").write_text("[]")
        return cls(folder)

    def answer(self, words: str, output: Any = None, *, error: str = "", times: int = 0) -> None:
        """Answer a command that has these words. The first answer that fits is given; `times` limits how often."""
        file = self.folder / "answers.json"
        answer: Mapping[str, Any] = {"error": error} if error else {"output": output}
        file.write_text(json.dumps([*json.loads(file.read_text()), {"for": words, "times": times, **answer}]))

    def calls(self) -> list[list[str]]:
        file = self.folder / "calls"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def called(self, *words: str) -> list[list[str]]:
        """Return the calls that have all these arguments."""
        return [it for it in self.calls() if set(words) <= set(it)]

    @property
    def path(self) -> str:
        return f"{self.folder}{os.pathsep}{os.environ['PATH']}"
