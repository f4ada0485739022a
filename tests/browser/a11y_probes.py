"""What a person perceives of a page beyond roles and names, in its shadow trees too: what is cut, moves, or is said."""

from typing import Any

from playwright.sync_api import Page

_TREES = """
const all = (root) => [...root.querySelectorAll("*")].flatMap((it) => [it, ...(it.shadowRoot ? all(it.shadowRoot) : [])]);
const outward = (it) => (it ? [it, ...outward(it.parentNode ?? it.host)] : []);
"""  # noqa: E501
_CUT = """
const isMeant = ({ textOverflow, webkitLineClamp, overflowX, clipPath }) =>
    textOverflow === "ellipsis" || webkitLineClamp !== "none" || overflowX === "auto" || clipPath !== "none";
const isCut = (it) => it.scrollWidth > it.clientWidth + 1 && it.checkVisibility() && !isMeant(getComputedStyle(it));
const words = all(document)
    .filter((it) => it.matches("button, .button, .badge, label, h1, h2, h3, p, li, nav, header"));
const cut = words.filter((it) => it.textContent.trim() && isCut(it)).map((it) => it.textContent);
return document.documentElement.scrollWidth > innerWidth ? ["the whole page", ...cut] : cut;
"""
_MOVING = """
const animations = all(document).flatMap((it) => it.getAnimations());
return animations.filter((it) => it.playState === "running").map((it) => it.animationName ?? it.transitionProperty);
"""
_LISTEN = """
window.heard = [];
const isLive = (it) => it.matches("[aria-live]:not([aria-live=off]), [role=status], [role=alert]");
const isInert = (it) => all(document).some((other) => other.matches("dialog:modal") && !outward(it).includes(other));
const hear = (it) => {
    const text = it.textContent.trim();
    if (text && it.checkVisibility() && !isInert(it)) heard.push(text);
};
const known = new Set();
const look = () => all(document).filter((it) => isLive(it) && !known.has(it)).forEach((it) => {
    known.add(it);
    new MutationObserver(() => hear(it)).observe(it, { childList: true, characterData: true, subtree: true });
});
look();
setInterval(look, 10);
"""
_IS_FOCUS_IN_DIALOG = """
const deepest = (root) => (root.activeElement?.shadowRoot?.activeElement ? deepest(root.activeElement.shadowRoot) : root.activeElement);
const focused = deepest(document);
return focused === document.body || outward(focused).some((it) => it.localName === "dialog" && it.open);
"""  # noqa: E501


def _evaluate(page: Page, body: str) -> Any:
    return page.evaluate(f"() => {{ {_TREES} {body} }}")


def cut(page: Page) -> list[str]:
    """Words that do not fit in where they are, but for those that are meant to end in an ellipsis."""
    texts: list[str] = _evaluate(page, _CUT)
    return texts


def moving(page: Page) -> set[str]:
    """The animations and transitions that run right now, by their names."""
    return set(_evaluate(page, _MOVING))


def listen(page: Page) -> None:
    """From now on; `heard` tells what a screen reader would have said. What is behind a modal dialog says nothing."""
    _evaluate(page, _LISTEN)


def heard(page: Page) -> list[str]:
    said: list[str] = page.evaluate("heard")
    return said


def is_focus_in_dialog(page: Page) -> bool:
    """Or nowhere in the page: a browser's own controls are on the way round, too."""
    return bool(_evaluate(page, _IS_FOCUS_IN_DIALOG))
