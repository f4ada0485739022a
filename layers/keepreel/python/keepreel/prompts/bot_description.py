"""What a bot is, in a few words, out of its instructions, which are often a chat bot's whole system prompt."""

import re
from itertools import pairwise

SENTENCE_END = re.compile(
    r"""(?<!\b[DM]r)(?<!\bMrs)(?<!\b(?:Ms|St|vs))(?<!\b(?:e\.g|i\.e))[.!?…؟।]["'”’»)\]]*(?=\s)|[。！？]["”’」』）]*"""
)

_CODE = re.compile(r"^(```|~~~).*?(?:^\1[^\n]*$|\Z)", re.DOTALL | re.MULTILINE)
_HEADING_OR_TABLE = re.compile(r"^(?:#+ [^\n]*|[^\n]*\n(?:===+|---+)|\|[^\n]*)$", re.MULTILINE)
_BULLET = re.compile(r"^(?:(?:[-*+•–>] ?)+|\d{1,2}[.)] )", re.MULTILINE)
_LINK = re.compile(r"!\[[^\]\n]{0,99}\]\([^)\n]*\)|\[([^\]\n]{1,99})\]\([^)\n]*\)")
_ADDRESS = re.compile(r"(?: (?:at|on|from|via))? ?[(<]?(?:https?://|www\.)\S*[^\s.,;:!?]", re.IGNORECASE)
_MARKS = re.compile(r"\*+|`+|~~|(?<!\w)_+|_+(?!\w)|</?[a-z][^<>\n]{0,99}>", re.IGNORECASE)

# To the end of the line, and on through the next where the value stands there.
_SECRET = re.compile(
    r"""(?: \bsk-\w | \b(?:gh[pousr]_|xox[abp]-|AKIA|eyJ)\w{8} | \bBearer\  | \bpass(?:word|wd|phrase|code)
          | \b\w*(?:api|access|auth|secret|private|client|bot|seed)[ _-]?(?:key|token|secret|phrase)
          | \b\w*(?:key|token|secret|credentials?)["'`]?\ ?[:=] | \btoken\ (?:is\ )?\S*\d
          | (?<![a-z0-9])(?=[a-z_+/-]{0,40}[0-9])(?=[0-9_+/-]{0,40}[a-z])[a-z0-9_+/-]{24} )
        [^\n]* (?: (?:(?<=[:=])|(?<=\bis))\n+[^\n]* )?""",
    re.IGNORECASE | re.VERBOSE,
)
_CUT = "\0"  # stands for a secret until its sentence goes
_NEXT_ENTRY = re.compile(rf"\n(?={_CUT}|[A-Z][\w-]*(?: [\w-]+)?:)")  # no blank line parts "Role: …" from "Tone: …"

_LABEL = re.compile(r"(?:role|persona|identity|description|about|bio|purpose|system(?: prompt)?): ", re.IGNORECASE)
_ORDER = re.compile(
    r"""(?:never|always|do|don['’]t|answer|reply|respond|ask|use|avoid|refuse|be|keep|only|must|please|ensure|make\ sure
        |remember|if|when|whenever|speak|write|return|output|provide|follow|stay|start|begin|end|include|give|say|tell
        |under|before|after|no|not|treat|limit|ignore|check|read|see|visit|call|let|try|focus|consider|explain|suggest
        |you(?:['’](?:re|ll))?|your|as\ an?|in\ (?:all|every|your)
        |(?:name|tone|style|voice|(?:output\ )?format|language|rules?|task|goals?|important|note|warning):)(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_IS = re.compile(r"(?:you(?: are|['’]re)|i(?: am|['’]m)|(?:you )?act as) ", re.IGNORECASE)
_NAME = re.compile(r"[^,]{0,60}(?:,| [–—-]) (?=(?:an?|the|our) )")
_DOES = re.compile(
    r"""(?:you\ (?:(?:will|can|also)\ )?|your\ (?:job|role|mission|purpose|goal|task)\ is\ to\ |(?=help\b))
        (help|plan|make|create|design|write|teach|guide|build|shoot|turn|bring|find|cook|bake|coach|photograph|paint
        |draw|compose|produce|curate|support|advise|review|track|trade|translate|run|recommend|answer(?=\ questions))
        (?!\ (?:sure|in|only)\b)(\ .*)""",
    re.IGNORECASE | re.VERBOSE,
)
_SEVERAL = re.compile(r"[,;:]| (?:and|or|then) ")
_ASIDE = re.compile(
    r"(?:[,;:]| [–—-]|,? (?:and|but|so)) (?:you|your|never|always|must|do not|don['’]t)\b.*", re.IGNORECASE
)


def description(instructions: str) -> str:
    """The first sentence that says what the bot is or does, to stand after a colon; empty where there is none.

    Orders to the bot, marks, addresses and what looks like a secret are left out. English that speaks to the bot is
    turned round ("You are Sophia, an AI photographer." → "an AI photographer"); all else stays in its own words.
    """
    entries = _NEXT_ENTRY.sub("\n\n", _plain(instructions)).split("\n\n")
    sentences = (sentence for entry in entries for sentence in _sentences(" ".join(entry.split())))
    return next(filter(None, map(_told, sentences)), "")


def _plain(instructions: str) -> str:
    """The text alone; a blank line parts what does not belong to one paragraph."""
    text = "\n".join(" ".join(line.replace(_CUT, " ").split()) for line in instructions.splitlines())
    for pattern in (_CODE, _HEADING_OR_TABLE, _BULLET):
        text = pattern.sub("\n\n", text)
    for pattern, instead in ((_SECRET, f"{_CUT}\n\n"), (_LINK, r"\1"), (_ADDRESS, ""), (_MARKS, "")):
        text = pattern.sub(instead, text)
    return text


def _sentences(line: str) -> list[str]:
    ends = [0, *(match.end() for match in SENTENCE_END.finditer(line)), len(line)]
    return [line[start:end].strip() for start, end in pairwise(ends)]


def _told(sentence: str) -> str:
    """The sentence as a description; empty where it is none."""
    told = _LABEL.sub("", sentence, count=1) if _LABEL.match(sentence) else sentence
    if match := _IS.match(told):
        told = _without_name(_ASIDE.sub("", told[match.end() :]))
    elif match := _DOES.match(told):
        told = _done(match[1].lower(), _ASIDE.sub("", match[2]))
    elif _ORDER.match(told):
        return ""
    is_telling = any(character.isalpha() for character in told) and _CUT not in sentence and not told.endswith(":")
    return told.removesuffix(".") if is_telling else ""


def _without_name(told: str) -> str:
    """A name with nothing behind it tells nothing."""
    if told.startswith(("a ", "an ", "the ", "our ")):
        return told
    if name := _NAME.match(told):
        return told[name.end() :]
    return "" if told[:1].isupper() else told


def _done(verb: str, rest: str) -> str:
    """Where more verbs may follow, one "can" serves them all."""
    if _SEVERAL.search(rest):
        return f"can {verb}{rest}"
    return f"{verb}{'es' if verb.endswith('ch') else 's'}{rest}"
