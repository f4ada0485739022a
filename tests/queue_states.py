"""A queue's state in memory: evaluates the conditions and updates that are sent to DynamoDB."""

from typing import Any

from keepreel.db.slots import STATE, QueueState

_Item = dict[str, Any]
_COMPARISONS = {
    "=": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


class States:
    """Stands for the state's functions in `db.slots`."""

    def __init__(self) -> None:
        self._item: _Item = {}

    def get(self, queue: str) -> QueueState:
        key = {"queue": {"S": queue}, "n": {"N": str(STATE)}}
        state = QueueState()
        state.deserialize({**key, **self._item})
        return state

    def update(self, _queue: str, actions: list[Any], condition: Any = None) -> bool:
        if condition is not None and not _holds(condition, self._item):
            return False
        before = dict(self._item)
        for action in actions:
            name = str(action.values[0]).strip("'\"")
            if len(action.values) == 1:
                self._item.pop(name, None)
            else:
                self._item[name] = _value(action.values[1], before)
        return True


def _holds(condition: Any, item: _Item) -> bool:
    operator, values = condition.operator, condition.values
    if operator == "AND":
        return all(_holds(it, item) for it in values)
    if operator == "OR":
        return any(_holds(it, item) for it in values)
    if operator in ("attribute_exists", "attribute_not_exists"):
        return bool((_name(values[0]) in item) == (operator == "attribute_exists"))
    left, right = (_plain(_value(it, item)) for it in values)
    return left is not None and right is not None and bool(_COMPARISONS[operator](left, right))


def _value(operand: Any, item: _Item) -> Any:
    """Return the value of an operand in DynamoDB's JSON, None for an attribute that is missing."""
    if hasattr(operand, "path"):
        return item.get(_name(operand))
    if type(operand).__name__ in ("_Decrement", "_Increment"):
        left, right = (_plain(_value(it, item)) for it in operand.values)
        return {"N": str(left - right if "Decr" in type(operand).__name__ else left + right)}
    return operand.value


def _name(path: Any) -> str:
    return str(path.path[0])


def _plain(value: Any) -> Any:
    if value is None:
        return None
    ((kind, content),) = value.items()
    return float(content) if kind == "N" else content
