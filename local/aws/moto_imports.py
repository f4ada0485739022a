"""Import moto's Step Functions and SSM without the whole of moto's EC2, which takes about a second of CPU."""

import importlib
import sys
from types import ModuleType
from typing import Any

import moto


class _Ec2Backends:
    """Stand-in for `moto.ec2.ec2_backends` that imports EC2 on first use."""

    def __getitem__(self, account_id: str) -> Any:
        return importlib.import_module("moto.ec2").ec2_backends[account_id]


def import_without_ec2() -> None:
    """Do nothing where EC2 or one of the importing modules is loaded already.

    `moto.stepfunctions` needs one enum of `moto.batch.utils`; `moto.ssm` names the EC2 backends. The stand-ins are
    removed afterwards, so a later `import moto.ec2` or `import moto.batch` gets the real package.
    """
    if {"moto.ec2", "moto.batch"} & sys.modules.keys():
        return
    stand_ins = {"moto.batch": _without_models("moto.batch"), "moto.ec2": ModuleType("moto.ec2")}
    stand_ins["moto.ec2"].ec2_backends = _Ec2Backends()  # type: ignore[attr-defined]
    sys.modules.update(stand_ins)
    try:
        importlib.import_module("moto.stepfunctions.parser.models")
        importlib.import_module("moto.ssm.models")
    finally:
        for name in stand_ins:
            del sys.modules[name]


def _without_models(name: str) -> ModuleType:
    """Return the package without running its `__init__.py`. Its submodules are the real ones."""
    package = ModuleType(name)
    package.__path__ = [f"{path}/{name.rpartition('.')[2]}" for path in moto.__path__]
    return package
