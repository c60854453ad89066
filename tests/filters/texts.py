"""Plain texts that were written for the tests, and ways to spoil them."""

import re
from collections.abc import Callable
from random import Random

TEXTS = (
    "The kettle broke last winter, so my sister boiled water in a saucepan for three months. When she finally bought"
    " a new one, she complained that the tea tasted worse. I think she simply missed the noise of the lid.",
    "To plant tomatoes you need a sunny wall, good soil and some patience. Dig a hole as deep as your hand, put the"
    " seedling in up to its first leaves, and water it every evening. Tie the stem to a stick before it falls over.",
    "A mortgage is a loan that is secured by a house. The bank lends you most of the price, and you pay it back over"
    " twenty or thirty years with interest. If you stop paying, the bank may sell the house to get its money back.",
    "Whales are mammals, which means that they breathe air and feed their young with milk. They can hold their breath"
    " for an hour or more. Most of them live in groups and talk to each other with long, low songs.",
    "First, unplug the printer and wait for a minute. Then open the tray, remove the paper and look for torn pieces."
    " Close it again, plug the printer in and print a test page. If the light still blinks, the roller is worn out.",
    "The committee met on Tuesday to discuss the budget for the new library. Two members wanted to delay the work"
    " until spring, while the others argued that prices would only rise. They agreed to ask for a second offer.",
    "Photosynthesis is how plants turn light into food. Their leaves take in carbon dioxide from the air and water"
    " from the soil, and use the energy of the sun to make sugar. Oxygen is left over, and we breathe it.",
    "He was late again, and this time the train had gone. On the empty platform an old man was feeding pigeons with"
    " crumbs from his pocket. Neither of them spoke, but they waited there together until the evening express came.",
    "Both methods sort a list, but they differ in how much memory they need. Merge sort copies the items into a second"
    " list, while quick sort moves them around in place. For small lists the difference hardly matters.",
    "Dear neighbours, on Saturday we will celebrate the birthday of our daughter in the garden. It may be a little"
    " loud until ten in the evening. You are welcome to join us for cake, and please bring your children along.",
    "Inflation means that prices rise over time, so the same coin buys less than before. A little of it is normal."
    " When it grows too quickly, people lose their savings and central banks raise interest rates to slow it down.",
    "The soup tastes best on the second day. Fry the onions slowly, add carrots and lentils, and cover everything with"
    " stock. After half an hour, stir in a spoon of vinegar and a handful of parsley, and season it with salt.",
)

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ROWS = ("asdfghjkl", "qwertyuiop", "zxcvbnm", "asdfjkl")
_SCAN = {
    "m": "rn",
    "w": "vv",
    "l": "1",
    "o": "0",
    "e": "c",
    "h": "li",
    "d": "cl",
    "i": "l",
    "s": "5",
    "a": "@",
    "n": "ri",
}
_CYRILLIC = dict(zip("aeocpx", "аеосрх", strict=True))


def mash(text: str, random: Random) -> str:
    """Hit the keys of one row after the other."""
    return " ".join("".join(random.choices(random.choice(_ROWS), k=random.randint(4, 9))) for _ in text.split())


def random_letters(text: str, random: Random) -> str:
    """Put a random word in the place of each."""
    return " ".join("".join(random.choices(_LETTERS, k=random.randint(2, 10))) for _ in text.split())


def shuffled_letters(text: str, random: Random) -> str:
    """Shuffle the letters of each word."""
    return " ".join("".join(random.sample(word, len(word))) for word in text.split())


def inner_letters(text: str, random: Random) -> str:
    """Shuffle the letters of each word but the first and the last."""
    return re.sub(r"\B\w{2,}\B", lambda hit: "".join(random.sample(hit[0], len(hit[0]))), text)


def reversed_words(text: str, random: Random) -> str:
    """Write each word backwards."""
    return " ".join(word[::-1] for word in text.split())


def broken_tokens(text: str, random: Random) -> str:
    """Join the first half of a word with the second half of another."""
    words = text.split()
    return " ".join(random.choice(words)[: (len(word) + 1) // 2] + word[len(word) // 2 :] for word in words)


def scanned(text: str, random: Random) -> str:
    """Misread a third of the letters that look like others."""
    return "".join(_SCAN[ch] if ch in _SCAN and random.random() < 0.35 else ch for ch in text)


def mistyped(text: str, random: Random) -> str:
    """Replace, drop or double every fourth letter."""
    slips = (lambda ch: "", lambda ch: ch + random.choice(_LETTERS), lambda ch: random.choice(_LETTERS))
    return "".join(random.choice(slips)(ch) if ch.isalpha() and random.random() < 0.25 else ch for ch in text)


def mojibake(text: str, random: Random) -> str:
    """Read accented letters and curly quotes in a wrong encoding."""
    accented = text.replace("e", "é").replace("a", "ä").replace(",", "’,")
    return accented.encode().decode("cp1252", "replace")


def symbols(text: str, random: Random) -> str:
    """Overwrite half of the characters by marks."""
    return "".join(random.choice("#@!%^&*()_+=-{}[]|;:<>?/~") if random.random() < 0.5 else ch for ch in text)


def lookalikes(text: str, random: Random) -> str:
    """Put Cyrillic letters in the place of Latin ones that look alike."""
    return "".join(_CYRILLIC[ch] if ch in _CYRILLIC and random.random() < 0.5 else ch for ch in text)


def no_spaces(text: str, random: Random) -> str:
    """Leave out all spaces."""
    return "".join(text.split())


def digits(text: str, random: Random) -> str:
    """Put a number in the place of each word."""
    return " ".join(str(random.randrange(10_000)) for _ in text.split())


def one_word_lines(text: str, random: Random) -> str:
    """Put each word on a line of its own."""
    return "\n".join(text.split())


def all_caps(text: str, random: Random) -> str:
    """Shout."""
    return text.upper()


def half(text: str, random: Random) -> str:
    """Let a good text go over into random letters."""
    return f"{text} {random_letters(text, random)}"


def endless(text: str, random: Random) -> str:
    """Leave out the full stops of a long text."""
    return re.sub(r"[.,] ", " and then ", " ".join([text] * 5))


def word_salad(text: str, random: Random) -> str:
    """Shuffle the words."""
    words = text.split()
    return " ".join(random.sample(words, len(words)))


JUNK: tuple[Callable[[str, Random], str], ...] = (
    mash,
    random_letters,
    shuffled_letters,
    inner_letters,
    reversed_words,
    broken_tokens,
    scanned,
    mistyped,
    mojibake,
    symbols,
    lookalikes,
    no_spaces,
    digits,
    one_word_lines,
    all_caps,
    half,
    endless,
)
