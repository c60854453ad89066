"""Names and codes of languages (ISO 639), and which of them are too alike to be told apart in a few sentences."""

from functools import cache

_TABLE = """
af:afrikaans am:amharic ar:arabic az:azerbaijani be:belarusian bg:bulgarian bn:bengali bs:bosnian ca:catalan cs:czech
cy:welsh da:danish de:german el:greek en:english eo:esperanto es:spanish et:estonian eu:basque fa:persian fi:finnish
fr:french ga:irish gl:galician gu:gujarati he:hebrew hi:hindi hr:croatian ht:haitian hu:hungarian hy:armenian
id:indonesian is:icelandic it:italian ja:japanese jv:javanese ka:georgian kk:kazakh km:khmer kn:kannada ko:korean
ku:kurdish ky:kyrgyz la:latin lo:lao lt:lithuanian lv:latvian mk:macedonian ml:malayalam mn:mongolian mr:marathi
ms:malay mt:maltese my:burmese ne:nepali nl:dutch no:norwegian pa:punjabi pl:polish ps:pashto pt:portuguese ro:romanian
ru:russian sk:slovak sl:slovenian so:somali sq:albanian sr:serbian sv:swedish sw:swahili ta:tamil te:telugu th:thai
tl:tagalog tr:turkish uk:ukrainian ur:urdu uz:uzbek vi:vietnamese yo:yoruba zh:chinese zu:zulu
"""
CODES = {name: code for code, _, name in (entry.partition(":") for entry in _TABLE.split())}
CODES |= {"farsi": "fa", "filipino": "tl", "mandarin": "zh", "cantonese": "zh", "bokmål": "no", "nynorsk": "no"}

_ALIKE = ("ar ary arz", "bs hr sr", "cs sk", "da nn no", "en pcm", "es an ext gl", "id jv ms", "pt gl", "zh wuu yue")


@cache
def code(name: str) -> str | None:
    """Return the code of a language given as `Spanish`, `es`, `es-MX` or `Brazilian Portuguese`; None if unknown."""
    name = name.strip().casefold()
    short = name.replace("_", "-").split("-")[0]
    if short in CODES.values():
        return short
    return next((CODES[word] for word in name.replace("(", " ").replace(")", " ").split() if word in CODES), None)


@cache
def relatives(code: str) -> frozenset[str]:
    """Return the codes that stand for the same language or one too much like it, the code itself among them."""
    return frozenset({code}.union(*(group.split() for group in _ALIKE if code in group.split())))
