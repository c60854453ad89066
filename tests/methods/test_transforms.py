"""Each transform: the exact exercise, what it leaves alone, and when it does not apply."""

import random
import re

import pytest

from iftgen.errors import DataError
from iftgen.methods.recipes.transforms import TRANSFORMS, Change, find
from iftgen.methods.recipes.transforms.verbs import BASE_OF_PAST

CLEAN = [
    "The bus was late, so we walked to school.",
    "My brother is eating an apple in the garden.",
    "They don't like the weather here.",
    "She bought a new pair of shoes at the market.",
    "It is cold.",
    "The children will not play outside because it rained.",
    "We visited our grandmother in Boston.",
]


def run(name: str, text: str, seed: int = 0, **options: object) -> Change | None:
    return find(name)(text, random.Random(seed), **options)


@pytest.mark.parametrize(
    ("name", "text", "shown", "wanted"),
    [
        ("punctuation", "We met Tom, but he left.", "we met tom but he left", "We met Tom, but he left."),
        ("capitals", "We met Tom in Rome.", "we met tom in rome.", "We met Tom in Rome."),
        ("agreement", "The cat is on the roof.", "The cat are on the roof.", "The cat is on the roof."),
        ("agreement", "My keys were in the car.", "My keys was in the car.", "My keys were in the car."),
        ("articles", "He ate an apple.", "He ate a apple.", "He ate an apple."),
        ("articles", "A dog barked at us.", "An dog barked at us.", "A dog barked at us."),
        ("articles", "It took an hour.", "It took a hour.", "It took an hour."),
        ("homophones", "They painted their house.", "They painted there house.", "They painted their house."),
        ("combine", "The bus was late, so we walked.", None, None),
        (
            "combine",
            "The bus was late, so we walked to school.",
            "The bus was late. We walked to school.",
            "The bus was late, so we walked to school.",
        ),
        (
            "combine",
            "He lit a candle because the lights went out.",
            "He lit a candle. The lights went out.",
            "He lit a candle because the lights went out.",
        ),
        (
            "split",
            "She was tired, but she finished the race.",
            "She was tired, but she finished the race.",
            "She was tired. She finished the race.",
        ),
        ("split", "He ate bread and cheese.", None, None),
        (
            "expand",
            "They won't come and I can't wait.",
            "They won't come and I can't wait.",
            "They will not come and I cannot wait.",
        ),
        ("expand", "Tom's dog doesn't bark.", None, None),
        ("contract", "The shop is not open.", "The shop is not open.", "The shop isn't open."),
        ("contract", "It is cold here.", "It is cold here.", "It's cold here."),
        ("contract", "I know how old it is.", None, None),
        (
            "future",
            "She planted roses along the fence.",
            "She planted roses along the fence.",
            "She will plant roses along the fence.",
        ),
        ("future", "He went home yesterday.", None, None),
        ("future", "He sat down and read.", "He sat down and read.", "He will sit down and read."),
        ("past", "We took the train.", "We will take the train.", "We took the train."),
        ("past", "The saw is sharp.", None, None),
        ("question", "The road is closed.", "The road is closed.", "Is the road closed?"),
        ("question", "They will visit Rome.", "They will visit Rome.", "Will they visit Rome?"),
        ("question", "The man who is here is tall.", None, None),
        ("question", "I am here now.", None, None),
        ("negate", "The tea is hot.", "The tea is hot.", "The tea is not hot."),
        ("negate", "She can swim well.", "She can swim well.", "She cannot swim well."),
        ("negate", "The tea is not hot.", None, None),
        ("count_words", "Nobody saw the ferry.", "Nobody saw the ferry.", "4"),
        ("count_words", "It's a well-known song.", None, None),
        ("longest_word", "We found a wallet here.", "We found a wallet here.", "wallet"),
        ("longest_word", "We found the house there.", None, None),
        ("upper", "Keep off.", "Keep off.", "KEEP OFF."),
        ("title", "The old man and the sea.", "The old man and the sea.", "The Old Man And The Sea"),
        ("sort_words", "The duck led her young.", "The duck led her young.", "duck, her, led, the, young"),
        ("numbered", "apple, pear, plum, fig", "apple, pear, plum, fig", "1. apple\n2. pear\n3. plum\n4. fig"),
        ("bullets", "apple, pear, plum, fig", "apple, pear, plum, fig", "- apple\n- pear\n- plum\n- fig"),
        ("longest_item", "fig, pear, banana, kiwi", "fig, pear, banana, kiwi", "banana"),
        ("numbered", "apple, apple, pear, pear, fig, kiwi", None, None),
        ("numbered", "apple, pear", None, None),
        ("numbered", "apple, pear, 12, fig", None, None),
    ],
)
def test_exact_exercise(name: str, text: str, shown: str | None, wanted: str | None) -> None:
    change = run(name, text)
    if shown is None and name == "combine":
        assert change is None or change.output == text
    elif shown is None:
        assert change is None
    else:
        assert change is not None
        assert (change.input, change.output) == (shown, wanted)


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("sort_items", "apple, fig, pear, plum"),
        ("reverse_items", "fig, plum, apple, pear"),
        ("json_array", '["pear", "apple", "plum", "fig"]'),
        ("count_items", "4"),
        ("to_sentence", "pear, apple, plum and fig"),
        ("remove_repeats", "pear, apple, plum, fig"),
    ],
)
@pytest.mark.parametrize("seed", range(8))
def test_list_output_does_not_depend_on_how_the_list_is_shown(name: str, outputs: str, seed: int) -> None:
    change = run(name, "pear, apple, plum, fig", seed)
    assert change is not None
    assert change.output == outputs
    assert change.input != change.output


@pytest.mark.parametrize(
    "name", ["spelling", "punctuation", "agreement", "articles", "homophones", "spaces", "doubled", "order"]
)
@pytest.mark.parametrize("text", CLEAN)
@pytest.mark.parametrize("seed", range(5))
def test_a_mistake_never_changes_the_clean_text(name: str, text: str, seed: int) -> None:
    change = run(name, text, seed)
    if change is not None:
        assert change.output == text
        assert change.input != text


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
@pytest.mark.parametrize("text", ["", ".", "Hi", "?!", "a, b", "日本語のテキスト。", "1 2 3 4"])
def test_unfit_text_is_declined_not_an_error(name: str, text: str) -> None:
    change = run(name, text)
    assert change is None or isinstance(change, Change)


@pytest.mark.parametrize("seed", range(20))
def test_spaces_and_doubled_words_can_be_undone(seed: int) -> None:
    text = "The office is on the second floor of this old factory."
    joined, doubled = run("spaces", text, seed), run("doubled", text, seed)
    assert joined is not None and joined.input.replace(" ", "") == text.replace(" ", "")
    assert joined.input.count(" ") == text.count(" ") - 3
    assert doubled is not None and re.sub(r"\b(\w+) \1\b", r"\1", doubled.input) == text


@pytest.mark.parametrize("seed", range(20))
def test_word_order_shows_the_same_words(seed: int) -> None:
    change = run("order", "She lost her train ticket.", seed)
    assert change is not None
    assert sorted(change.input.split(" / ")) == ["her", "lost", "she", "ticket", "train"]


@pytest.mark.parametrize("seed", range(20))
def test_odd_one_out_is_the_outsider(seed: int) -> None:
    change = run("odd_one_out", "oak, pine, birch, maple", seed, outsiders=["gravity"])
    assert change is not None
    assert change.output == "gravity"
    assert "gravity" in change.input


@pytest.mark.parametrize("seed", range(10))
def test_named_places_and_letters_are_right(seed: int) -> None:
    item = run("nth_item", "oak, pine, birch, maple", seed)
    letter = run("starting_with", "oak, pine, birch, pear", seed)
    word = run("nth_word", "This old stamp is worth a fortune.", seed)
    assert item is not None and word is not None and letter is not None
    places = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
    assert item.output == ["oak", "pine", "birch", "maple"][places[item.values["place"]]]
    assert word.output == ["This", "old", "stamp", "is", "worth", "a", "fortune"][places[word.values["place"]]]
    assert all(part.startswith(letter.values["letter"].lower()) for part in letter.output.split(", "))


@pytest.mark.parametrize(
    ("past", "base"),
    [
        ("planted", "plant"),
        ("stopped", "stop"),
        ("carried", "carry"),
        ("played", "play"),
        ("baked", "bake"),
        ("went", "go"),
        ("mixed", "mix"),
    ],
)
def test_past_forms(past: str, base: str) -> None:
    assert BASE_OF_PAST[past] == base


def test_unknown_transform_names_the_nearest() -> None:
    with pytest.raises(DataError, match="Did you mean 'spelling'"):
        find("speling")
