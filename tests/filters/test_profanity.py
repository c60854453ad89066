import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters.profanity import Profanity
from tests.filters.rows import row

PROFANITY = Profanity()


@pytest.mark.parametrize(
    "text",
    [
        "What the fuck is this?",
        "This is bullshit.",
        "You son of a bitch!",
        "This is sh1t.",
        "Oh f**k, I forgot.",
        "f*** off",
        "You b!tch.",
        "He is an a$$hole.",
        "Fuuuuuck!",
        "f u c k this",
        "Das ist scheiße.",
        "Quel connard !",
        "Eres un gilipollas.",
        "Sei uno stronzo.",
        "Damn, I missed the bus.",
        "That is a load of crap.",
        "Get off your ass.",
    ],
)
def test_bad_language_is_rejected(text: str) -> None:
    verdict = PROFANITY.check(row("Say something.", text))
    assert not verdict.keep
    assert verdict.score and verdict.score >= 1
    assert "bad word" in verdict.reason
    assert not PROFANITY.check_instruction(row(text)).keep


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe and Penistone are towns in England.",
        "A cocktail and a shuttlecock.",
        "Dick Cheney and Philip K. Dick.",
        "Moby-Dick is a novel about a whale.",
        "Please assess the class of the assassin.",
        "The ass carried the water to the village.",
        "Heaven and hell are old ideas.",
        "Run git commit and git push.",
        "My password is p@ssw0rd and the model is C3PO.",
        "The area is 3*4*x and the key is a**b.",
        "The bitch had a litter of six puppies.",
        "Blue tits are small birds; tits nest in holes.",
        "Fire retardants retard the spread of flame.",
        "Prick the potatoes with a fork.",
        "He wrote 'aaaaah' and 'hmmmm' and www.example.com.",
        "The king's bastard claimed the throne.",
        "Matsushita, Hitchcock, Lipschitz, Cummings.",
        "I. A. M. S. is an acronym.",
        "The title of the analysis is Essex.",
    ],
)
def test_lookalike_is_kept(text: str) -> None:
    verdict = PROFANITY.check(row("Say something.", text))
    assert verdict.keep, verdict.reason
    assert PROFANITY.check_instruction(row(text)).keep


def test_rows_about_bad_language_are_kept() -> None:
    assert PROFANITY.check(row("Write a profanity filter.", "Block words such as fuck.")).keep
    assert PROFANITY.check_instruction(row("Find the toxic word in the sentence.", input="This is fucked up.")).keep


def test_keys() -> None:
    assert Profanity(min_severity="strong").check(row("Hi", "Damn it.")).keep
    assert not Profanity(min_severity="strong").check(row("Hi", "Fuck it.")).keep
    assert Profanity(allow=["damn"]).check(row("Hi", "Damn it.")).keep
    assert not Profanity(words=["Blimey", "gosh darn"]).check(row("Hi", "blimey!")).keep
    assert not Profanity(words=["Blimey", "gosh darn"]).check(row("Hi", "Gosh darn it!")).keep
    assert Profanity(max_hits=1).check(row("Hi", "Damn it.")).keep
    assert not Profanity(max_hits=1).check(row("Hi", "Damn this crap.")).keep
    quote = 'He said: "What the fuck?"'
    assert PROFANITY.check(row("Hi", quote)).keep
    assert not Profanity(quoted=True).check(row("Hi", quote)).keep


def test_score_counts() -> None:
    verdict = PROFANITY.check(row("Hi", "Shit, this damn shit."))
    assert (verdict.score, verdict.threshold) == (3, 0)
    assert verdict.reason == "the response has 3 bad words: 'shit', 'damn'"


def test_settings_that_do_not_fit() -> None:
    with pytest.raises(ConfigError, match=r"filters\.profanity\.max_hits: -1 does not fit"):
        Profanity(max_hits=-1)


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    PROFANITY.check_instruction(row(text, input=text))
    PROFANITY.check(row("Say something.", text))


@pytest.mark.parametrize("piece", ["a", "f*", "f.", "@$", '"', "shi "])
def test_long_texts(piece: str) -> None:
    PROFANITY.check(row("Say something.", piece * (300_000 // len(piece))))


@pytest.mark.parametrize(
    "text",
    [
        "You are an a$$.",
        "Kick a$$!",
        "Move your @$$",
        "They are a$$es",
        "Dumba$$",
        "f u c k.",
        "f.u.c.k.",
        "I f u c k",
        "f u c k u",
        "f  u  c  k",
        "This is a f u c k i n g mess",
    ],
)
def test_signs_and_gaps_are_seen_through(text: str) -> None:
    assert not PROFANITY.check(row("Say something.", text)).keep


@pytest.mark.parametrize("text", ["$$x = a$$", "$$a$$", "a$b", "The cost is $$.", "a b c d e f", "I a m h e r e"])
def test_formulas_and_letters_are_kept(text: str) -> None:
    verdict = PROFANITY.check(row("Say something.", text))
    assert verdict.keep, verdict.reason
