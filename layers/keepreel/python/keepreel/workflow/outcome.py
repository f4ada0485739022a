"""What a provider says about a finished task, as updates of the video's record: bill, expiry and rewritten prompt."""

from pynamodb.expressions.update import Action

from keepreel.db.tables import Video
from keepreel.providers.base import Bill, TaskState

_MAX_PROMPT_CHARS = 30_000  # an item holds 400 KB


def facts(state: TaskState) -> list[Action]:
    """Return the updates for a task that succeeded, except for its bill."""
    actions: list[Action] = []
    if state.expires_at is not None:
        actions.append(Video.file_expires_at.set(state.expires_at))
    if state.enhanced_prompt is not None:
        actions.append(Video.enhanced_prompt.set(state.enhanced_prompt[:_MAX_PROMPT_CHARS]))
    return actions


def cost(bill: Bill | None) -> list[Action]:
    """Return the updates that store a bill. A bill without a sum in USD is stored as it was billed."""
    if bill is None:
        return []
    billed: list[Action] = [Video.billed_as.set(dict(bill.billed_as))]
    return billed if bill.usd is None else [Video.actual_cost_usd.set(bill.usd), *billed]


def no_cost() -> list[Action]:
    """Return the updates for a task that the provider documents as free."""
    return [Video.is_uncharged.set(True), Video.actual_cost_usd.set(0)]
