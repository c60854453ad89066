"""Transforms: a clean text becomes an exercise whose answer is certain."""

from iftgen.errors import DataError, choices
from iftgen.methods.recipes.transforms import lists, mistakes, sentences, tokens
from iftgen.methods.recipes.transforms.base import Change, Transform

TRANSFORMS: dict[str, Transform] = {
    function.__name__: function
    for function in (
        mistakes.spelling,
        mistakes.punctuation,
        mistakes.capitals,
        mistakes.agreement,
        mistakes.articles,
        mistakes.homophones,
        mistakes.spaces,
        mistakes.doubled,
        mistakes.order,
        sentences.combine,
        sentences.split,
        sentences.expand,
        sentences.contract,
        sentences.future,
        sentences.past,
        sentences.question,
        sentences.negate,
        tokens.count_words,
        tokens.longest_word,
        tokens.nth_word,
        tokens.upper,
        tokens.title,
        tokens.count_letter,
        tokens.sort_words,
        lists.sort_items,
        lists.sort_by_length,
        lists.reverse_items,
        lists.numbered,
        lists.bullets,
        lists.to_sentence,
        lists.json_array,
        lists.remove_repeats,
        lists.count_items,
        lists.nth_item,
        lists.longest_item,
        lists.starting_with,
        lists.odd_one_out,
    )
}


def find(name: str) -> Transform:
    """Return the transform of that name; raises DataError with those that exist."""
    if name not in TRANSFORMS:
        raise DataError(f"There is no transform {name!r}.{choices(name, TRANSFORMS)}")
    return TRANSFORMS[name]


__all__ = ["TRANSFORMS", "Change", "Transform", "find"]
