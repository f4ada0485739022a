"""Extract a short description of a bot from its instructions, which are often a full system prompt."""

import re
from itertools import pairwise

SENTENCE_END = re.compile(
    r"""(?<!\b[DM]r)(?<!\bMrs)(?<!\b(?:Ms|St|vs))(?<!\b(?:e\.g|i\.e))[.!?…؟।]["'”’»)\]]*(?=\s)|[。！？]["”’」』）]*"""
)

_CODE = re.compile(r"^(```|~~~).*?(?:^\1[^\n]*$|\Z)", re.DOTALL | re.MULTILINE)
_HEADING_OR_TABLE = re.compile(r"^(?:#+ [^\n]*|[^\n]*\n(?:===+|---+)|\|[^\n]*)$", re.MULTILINE)
_BULLET = re.compile(r"^(?:(?:[-*+•–>] ?)+|\d{1,2}[.)] )", re.MULTILINE)
_LINK = re.compile(r"!\[[^\]\n]{0,99}\]\([^)\n]*\)|\[([^\]\n]{1,99})\]\([^)\n]*\)")
_URL = re.compile(r"(?: (?:at|on|from|via))? ?[(<]?(?:https?://|www\.)\S*[^\s.,;:!?]", re.IGNORECASE)
_MARKUP = re.compile(r"\*+|`+|~~|(?<!\w)_+|_+(?!\w)|</?[a-z][^<>\n]{0,99}>", re.IGNORECASE)

# Up to the end of the line, and through the next line if the value is there.
_SECRET = re.compile(
    r"""(?: \bsk-\w | \b(?:gh[pousr]_|xox[abp]-|AKIA|eyJ)\w{8} | \bBearer\  | \bpass(?:word|wd|phrase|code)
          | \b\w*(?:api|access|auth|secret|private|client|bot|seed)[ _-]?(?:key|token|secret|phrase)
          | \b\w*(?:key|token|secret|credentials?)["'`]?\ ?[:=] | \btoken\ (?:is\ )?\S*\d
          | (?<![a-z0-9])(?=[a-z_+/-]{0,40}[0-9])(?=[0-9_+/-]{0,40}[a-z])[a-z0-9_+/-]{24} )
        [^\n]* (?: (?:(?<=[:=])|(?<=\bis))\n+[^\n]* )?""",
    re.IGNORECASE | re.VERBOSE,
)
_REMOVED = "\0"  # replaces a secret until its sentence is removed
_NEXT_ENTRY = re.compile(rf"\n(?={_REMOVED}|[A-Z][\w-]*(?: [\w-]+)?:)")  # separates "Role: …" from "Tone: …"

_LABEL = re.compile(r"(?:role|persona|identity|description|about|bio|purpose|system(?: prompt)?): ", re.IGNORECASE)
_COMMAND = re.compile(
    r"""(?:never|always|do|don['’]t|answer|reply|respond|ask|use|avoid|refuse|be|keep|only|must|please|ensure|make\ sure
        |remember|if|when|whenever|speak|write|return|output|provide|follow|stay|start|begin|end|include|give|say|tell
        |under|before|after|no|not|treat|limit|ignore|check|read|see|visit|call|let|try|focus|consider|explain|suggest
        |you(?:['’](?:re|ll))?|your|as\ an?|in\ (?:all|every|your)
        |(?:name|tone|style|voice|(?:output\ )?format|language|rules?|task|goals?|important|note|warning):)(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_YOU_ARE = re.compile(r"(?:you(?: are|['’]re)|i(?: am|['’]m)|(?:you )?act as) ", re.IGNORECASE)
_NAME = re.compile(r"[^,]{0,60}(?:,| [–—-]) (?=(?:an?|the|our) )")
_YOU_DO = re.compile(
    r"""(?:you\ (?:(?:will|can|also)\ )?|your\ (?:job|role|mission|purpose|goal|task)\ is\ to\ |(?=help\b))
        (help|plan|make|create|design|write|teach|guide|build|shoot|turn|bring|find|cook|bake|coach|photograph|paint
        |draw|compose|produce|curate|support|advise|review|track|trade|translate|run|recommend|answer(?=\ questions))
        (?!\ (?:sure|in|only)\b)(\ .*)""",
    re.IGNORECASE | re.VERBOSE,
)
_MORE_VERBS = re.compile(r"[,;:]| (?:and|or|then) ")
_ASIDE = re.compile(
    r"(?:[,;:]| [–—-]|,? (?:and|but|so)) (?:you|your|never|always|must|do not|don['’]t)\b.*", re.IGNORECASE
)


def description(instructions: str) -> str:
    """Return the first sentence that says what the bot is or does, without its subject; empty if there is none.

    Commands to the bot, markup, URLs and possible secrets are removed. English in the second person is rephrased
    ("You are Sophia, an AI photographer." → "an AI photographer"). Other text is kept as it is.
    """
    entries = _NEXT_ENTRY.sub("\n\n", _plain(instructions)).split("\n\n")
    sentences = (sentence for entry in entries for sentence in _sentences(" ".join(entry.split())))
    return next(filter(None, map(_rephrased, sentences)), "")


def _plain(instructions: str) -> str:
    """Return the text without markup, with a blank line between paragraphs."""
    text = "\n".join(" ".join(line.replace(_REMOVED, " ").split()) for line in instructions.splitlines())
    for pattern in (_CODE, _HEADING_OR_TABLE, _BULLET):
        text = pattern.sub("\n\n", text)
    for pattern, replacement in ((_SECRET, f"{_REMOVED}\n\n"), (_LINK, r"\1"), (_URL, ""), (_MARKUP, "")):
        text = pattern.sub(replacement, text)
    return text


def _sentences(line: str) -> list[str]:
    ends = [0, *(match.end() for match in SENTENCE_END.finditer(line)), len(line)]
    return [line[start:end].strip() for start, end in pairwise(ends)]


def _rephrased(sentence: str) -> str:
    """Return the sentence as a description; empty if it is not one."""
    text = _LABEL.sub("", sentence, count=1) if _LABEL.match(sentence) else sentence
    if match := _YOU_ARE.match(text):
        text = _without_name(_ASIDE.sub("", text[match.end() :]))
    elif match := _YOU_DO.match(text):
        text = _in_third_person(match[1].lower(), _ASIDE.sub("", match[2]))
    elif _COMMAND.match(text):
        return ""
    is_description = (
        any(character.isalpha() for character in text) and _REMOVED not in sentence and not text.endswith(":")
    )
    return text.removesuffix(".") if is_description else ""


def _without_name(text: str) -> str:
    """Remove a leading name. A name alone is not a description."""
    if text.startswith(("a ", "an ", "the ", "our ")):
        return text
    if name := _NAME.match(text):
        return text[name.end() :]
    return "" if text[:1].isupper() else text


def _in_third_person(verb: str, rest: str) -> str:
    """Return "helps brands", or "can help brands and …" if more verbs may follow."""
    if _MORE_VERBS.search(rest):
        return f"can {verb}{rest}"
    return f"{verb}{'es' if verb.endswith('ch') else 's'}{rest}"
