"""The built functions, the layers that each runs with, and what they weigh; `make build` ends with it."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

LIMIT_BYTES = 250 * 2**20  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html


@dataclass(frozen=True, kw_only=True)
class BuiltFunction:
    name: str
    handler: str
    code: Path
    layers: tuple[Path, ...]

    @property
    def unzipped_bytes(self) -> int:
        """What Lambda's limit counts: the function with its layers."""
        files = (file for folder in (self.code, *self.layers) for file in folder.rglob("*"))
        return sum(file.stat().st_size for file in files if file.is_file())


def functions(build: Path) -> list[BuiltFunction]:
    """The functions of the template that `sam build` wrote into a folder, in the template's order."""
    template = yaml_parse((build / "template.yaml").read_text())
    resources = template["Resources"]
    shared = template["Globals"]["Function"]
    layers = {
        name: (build / resource["Properties"]["ContentUri"]).resolve()
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::LayerVersion"
    }
    return [
        _function(name, resource["Properties"], shared=shared, layers=layers, build=build)
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def _function(
    name: str, own: dict[str, Any], *, shared: dict[str, Any], layers: dict[str, Path], build: Path
) -> BuiltFunction:
    """As the SAM transform merges: a function's own word wins, but lists of layers are joined."""
    return BuiltFunction(
        name=name,
        handler=own.get("Handler", shared["Handler"]),
        code=(build / own["CodeUri"]).resolve(),
        layers=tuple(layers[layer["Ref"]] for layer in [*shared["Layers"], *own.get("Layers", [])]),
    )


def too_large(built: list[BuiltFunction]) -> list[str]:
    """The names of the functions that Lambda would refuse."""
    return [function.name for function in built if function.unzipped_bytes > LIMIT_BYTES]


def main(build: Path) -> int:
    built = functions(build)
    for function in built:
        print(f"{function.unzipped_bytes / 2**20:6.1f} MB  {function.name}")
    refused = too_large(built)
    if refused:
        print(f"Lambda takes 250 MB unzipped at most, layers included: {', '.join(refused)}", file=sys.stderr)
        return 1
    print("Next, to deploy it: .venv/bin/sam deploy")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
