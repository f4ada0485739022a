"""Probe a page and its shadow trees for clipped text, running animations and screen reader announcements."""

from typing import Any

from playwright.sync_api import Page

_TREES = """
const all = (root) => [...root.querySelectorAll("*")].flatMap((it) => [it, ...(it.shadowRoot ? all(it.shadowRoot) : [])]);
const outward = (it) => (it ? [it, ...outward(it.parentNode ?? it.host)] : []);
"""  # noqa: E501
_CLIPPED = """
const isIntended = ({ textOverflow, webkitLineClamp, overflowX, clipPath }) =>
    textOverflow === "ellipsis" || webkitLineClamp !== "none" || overflowX === "auto" || clipPath !== "none";
const isClipped = (it) =>
    it.scrollWidth > it.clientWidth + 1 && it.checkVisibility() && !isIntended(getComputedStyle(it));
const texts = all(document)
    .filter((it) => it.matches("button, .button, .badge, label, h1, h2, h3, p, li, nav, header"));
const clipped = texts.filter((it) => it.textContent.trim() && isClipped(it)).map((it) => it.textContent);
return document.documentElement.scrollWidth > innerWidth ? ["the whole page", ...clipped] : clipped;
"""
_ANIMATIONS = """
const animations = all(document).flatMap((it) => it.getAnimations());
return animations.filter((it) => it.playState === "running").map((it) => it.animationName ?? it.transitionProperty);
"""
_RECORD_ANNOUNCEMENTS = """
window.announcements = [];
const isLive = (it) => it.matches("[aria-live]:not([aria-live=off]), [role=status], [role=alert]");
const isInert = (it) => all(document).some((other) => other.matches("dialog:modal") && !outward(it).includes(other));
const record = (it) => {
    const text = it.textContent.trim();
    if (text && it.checkVisibility() && !isInert(it)) announcements.push(text);
};
const known = new Set();
const observeNew = () => all(document).filter((it) => isLive(it) && !known.has(it)).forEach((it) => {
    known.add(it);
    new MutationObserver(() => record(it)).observe(it, { childList: true, characterData: true, subtree: true });
});
observeNew();
setInterval(observeNew, 10);
"""
_IS_FOCUS_IN_DIALOG = """
const deepest = (root) => (root.activeElement?.shadowRoot?.activeElement ? deepest(root.activeElement.shadowRoot) : root.activeElement);
const focused = deepest(document);
return focused === document.body || outward(focused).some((it) => it.localName === "dialog" && it.open);
"""  # noqa: E501


def _evaluate(page: Page, body: str) -> Any:
    return page.evaluate(f"() => {{ {_TREES} {body} }}")


def clipped_texts(page: Page) -> list[str]:
    """Return the texts that overflow their element, except those that are styled to end in an ellipsis."""
    texts: list[str] = _evaluate(page, _CLIPPED)
    return texts


def running_animations(page: Page) -> set[str]:
    """Return the names of the animations and transitions that are running now."""
    return set(_evaluate(page, _ANIMATIONS))


def record_announcements(page: Page) -> None:
    """Start recording what a screen reader would announce. Live regions behind a modal dialog are silent."""
    _evaluate(page, _RECORD_ANNOUNCEMENTS)


def announcements(page: Page) -> list[str]:
    texts: list[str] = page.evaluate("announcements")
    return texts


def is_focus_in_dialog(page: Page) -> bool:
    """Return whether the focus is in the open dialog, or on the browser's own controls, which Tab reaches too."""
    return bool(_evaluate(page, _IS_FOCUS_IN_DIALOG))
