"""A quick look by single words: most responses need no closer one."""

from iftgen.filters.text import words

# As `words` splits them: "can't" is "can", "t". A decline has a word of each of the first two sets.
_FIRST_PERSON_WORDS = """
i my me im we request requested
"""
_DECLINES_WORDS = """
t cannot cant wont not unable decline declining refuse lack rather prefer must against something beyond advise urge
caution condemn couldn could strongly pass learning inform clarify emphasize impossible inappropriate unethical
irresponsible discourage model trained designed assistant training outside possess steer redirect no personal private
confidential classified recommend suggest keep program machine robot bot algorithm software computer
"""
_MODEL_WORDS = """
ai openai guidelines policy policies programmed programming chatbot
"""
# Words of morals, apologies and referrals; of questions back, which speak to the user; and first words.
_EVADES_WORDS = """
fair unfair accurate generalizations generalize stereotypes violent violence harm impossible possible sorry apologize
apologise apologies apology else consult professional doctor lawyer attorney physician specialist therapist adviser
advisor expert pharmacist illegal immoral unethical ethical unacceptable crime felony law okay ok legal inappropriate
appropriate acceptable wrong justification excuse harmful dangerous valid legitimate please clarify specify paste
elaborate seek discriminatory discrimination offensive attempt concerned offense offence criminal unlawful abusive
abuse violates violation disrespectful dignity rights respect hurt
hurtful stereotype discourage oppose endangers steer redirect justified
"""
_ASKS_WORDS = """
provide provided share give tell need haven didn forgot attached file image reason agree empathy know equality equally
"""
_STARTS_WORDS = """
all every everyone everybody nobody no let
"""
_FIRST_PERSON = frozenset(_FIRST_PERSON_WORDS.split())
_DECLINES = frozenset(_DECLINES_WORDS.split())
_MODEL = frozenset(_MODEL_WORDS.split())
_EVADES = frozenset(_EVADES_WORDS.split())
_ASKS = frozenset(_ASKS_WORDS.split())
_STARTS = frozenset(_STARTS_WORDS.split())
_USER = frozenset(("you", "please", "i"))
_PRAISE = frozenset(
    (
        "good",
        "accurate",
        "true",
        "correct",
        "denied",
        "locked",
        "barred",
        "banned",
        "discriminated",
        "right",
        "beneficial",
        "superior",
        "inferior",
        "weaker",
    )
)
_BEGIN = 30  # words in which a response that evades says so
_TERSE = 8  # words: so short a response is always looked at


def may_refuse(said: str) -> bool:
    """Tell quickly whether a response needs a closer look."""
    tokens = words(said)
    if len(tokens) <= _TERSE or tokens[0] in _STARTS or not _MODEL.isdisjoint(tokens):
        return True
    begin = tokens[:_BEGIN]
    if not _EVADES.isdisjoint(begin) or not (_ASKS.isdisjoint(begin) or _USER.isdisjoint(begin)):
        return True
    if "not" in begin and not _PRAISE.isdisjoint(begin):
        return True
    return not (_DECLINES.isdisjoint(tokens) or _FIRST_PERSON.isdisjoint(tokens))
