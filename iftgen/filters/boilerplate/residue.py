"""Characters that an encoding or a web page left: control characters, mojibake, HTML."""

import re

from iftgen.filters.code import is_code
from iftgen.filters.text import without_code

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff]")
# UTF-8 that was read as Latin-1 or Windows-1252; "Ã" also ends capitals such as MANHÃ, where a letter stands before.
_TRAIL = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ•–—˜™š›œžŸ"
_MOJIBAKE = re.compile(
    f"(?:â€[\x80-\xbf™œ˜¦“”šž¢¬¡\x9d]?|â\x80[\x90-\xaf]|â‚¬|(?<![A-ZÀ-Ý])Ã[{_TRAIL}]"
    "|â\\?\\?|Â[\xa0©®°±²³·»«£¢¥§¶¼½¾¿¡]|ï»¿|ï¿½|ðŸ|(?:[ÐÑ][\x80-\xbf°±²³´µ¶·¸¹º»¼½¾€‚ƒ„…†‡ˆ‰Š‹Œ]){2,}|\ufffd)"
)
_LEADS = re.compile("[ÃÂâÐÑïð\ufffd]")
_ABOUT_ENCODING = re.compile(r"mojibake|encod|unicode|utf|charset|character set|garbled|latin-1|ascii", re.I)
# A line break that was written as backslash and n; commands of LaTeX go on in small letters.
_ESCAPED = re.compile(r"(?<![\\:\w])\w*[^\s\w\\]? ?(?:\\n)+(?=[A-Z0-9*•\s-]|$)|[\w.!?,:;](?:\\n){2}")
_ABOUT_ESCAPES = re.compile(
    r"\\|escap|code|program|function|script|python|java|c\+\+|c#|\bc\b|regex|regular exp|latex|json|newline|new line|"
    r"line break|string|yaml|sql|markdown|formula|equation|\bpath|windows|math|command|shell|bash|print|file",
    re.I,
)
_ENTITY = re.compile(
    r"&(?:amp;){0,2}(?:nbsp|amp|lt|gt|quot|apos|[lr][sd]quo|[mn]dash|hellip|bull|copy|eacute|#x?[0-9a-f]{2,6});", re.I
)
_TAG = re.compile(
    r"<(?:/(?:p|div|span|font|td|tr|li|ul|ol|a|br|center)|br ?/?|(?:p|div|span|font|td|tr|li|ul|ol|center)|"
    r"(?:a|img|p|div|span|font) [a-z-]{2,10}=[^<>]{0,200})>",
    re.I,
)
_ABOUT_MARKUP = re.compile(
    r"html|xml|css|svg|\bweb|javascript|\bjs\b|typescript|java|php|jinja|react|vue|angular|django|flask|markdown|"
    r"markup|"
    r"\btags?\b|\bcode|snippet|program|function|script|regex|regular expression|pars(?:e|ing)|quer(?:y|ies)|escap|"
    r"entit|button|\bform\b|hyperlink|\blinks?\b|\belements?\b|c\+\+|c#|python|\bsql|\bapi|\bpage|browser|template|"
    r"latex|tokens?|ampersand|syntax|\bstring\b|algorithm|class|method|command|\bsite|e-?mail signature|format",
    re.I,
)
_DOCUMENT = re.compile(r"<(?:!doctype|html|body|script|head|style|svg|\?xml)", re.I)
_INLINE = re.compile(r"`[^`\n]*`")


def control(asked: str, text: str) -> str:
    """Return the first control character, or nothing."""
    hit = None if text.isprintable() else _CONTROL.search(text)
    return hit[0] if hit else ""


def mojibake(asked: str, text: str) -> str:
    """Return the first wrongly decoded character with what stands before it, or nothing."""
    if "\\n" in text and (broken := _escaped(asked, text)):
        return broken
    if text.isascii() or not _LEADS.search(text):
        return ""
    hit = _MOJIBAKE.search(text)
    if not hit or _ABOUT_ENCODING.search(asked):
        return ""
    return text[max(0, hit.start() - 10) : hit.end()].split()[-1]


def _escaped(asked: str, text: str) -> str:
    """Return a line break that stands there as an escape, or nothing."""
    hit = _ESCAPED.search(_INLINE.sub(" ", without_code(text)))
    return hit[0].strip() if hit and not is_code(text) and not _ABOUT_ESCAPES.search(asked) else ""


def html(asked: str, text: str) -> str:
    """Return the first entity or tag where neither markup nor code was asked for, or nothing."""
    if "&" not in text and "<" not in text:
        return ""
    hit = _ENTITY.search(text) or _TAG.search(text)
    if not hit or _ABOUT_MARKUP.search(_TAG.sub(" ", asked)) or _DOCUMENT.search(text) or is_code(text):
        return ""
    bare = _INLINE.sub(" ", without_code(text))
    hit = _ENTITY.search(bare) or _TAG.search(bare)
    return hit[0] if hit else ""
