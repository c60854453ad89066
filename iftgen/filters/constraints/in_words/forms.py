"""The forms of a response that a request in words may be held to: with and without what is said around it."""

import re

_NOTE = re.compile(
    r"^[\s(\[*_-]*(?:total |final )?(?:(?:word|character|sentence)s? ?count\b|\d+ (?:words|characters|sentences)\b)"
    r"[^\n]{0,60}$",
    re.I,
)
_TITLE_WORDS = 10
_FINAL = re.compile(r"[.!?,;。！？…][\"'”’)\]*_]*$")


def forms(response: str) -> list[str]:
    """Return the response, and where there are such lines, the response without them.

    They are a first line that leads in ("Here is the summary:") or is a title, and a last one that counts ("52 words").
    """
    text = response.strip()
    lines = text.splitlines()
    first = len(lines) > 1 and _leads_in(lines[0].strip())
    last = len(lines) > 1 and bool(_NOTE.match(lines[-1].strip()))
    found = [text]
    if first:
        found.append("\n".join(lines[1:]).strip())
    if last:
        found += ["\n".join(lines[start:-1]).strip() for start in (0, *([1] if first else []))]
    return list(dict.fromkeys(form for form in found if form)) or [response]


def _leads_in(line: str) -> bool:
    if line.startswith("#") or line.rstrip("*_ ").endswith(":"):
        return True
    return (
        bool(line)
        and len(line.split()) <= _TITLE_WORDS
        and not _FINAL.search(line)
        and line[0] not in '-*•|{["0123456789'
    )
