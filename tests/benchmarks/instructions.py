"""A corpus of random instructions, as long as those of instruction datasets, with words spread as in a language."""

import random
import re
from collections.abc import Callable
from itertools import accumulate

NEAR = 0.04  # share of texts that are an earlier one with a word changed
TASKS = """
{make} a {adj} {form} about {topic}|{make} a {form} that {tells} {topic} to {who}|{make} a {form} for {topic}
{make} a list of {n} {adj} {plural} about {topic}|{make} a sentence with the words {word} {word} and {word}
{make} a {adj} {form} for {who} who wants to {do} {topic}|{make} a {n} question {form} about {topic}
{tell} the {aspect} of {topic}|{tell} how the {aspect} of {topic} changes {topic}|{tell} when {who} had to {do} {topic}
{tell} how {topic} works|{tell} {topic} to {who}|{tell} why {topic} is {adj} for {topic}
{tell} the difference between {topic} and {topic}|compare and contrast {topic} and {topic}|compare {topic} with {topic}
what is the {aspect} of {topic}|what are the {n} main {plural} of {topic}|what are some {adj} ways to {do} {topic}
how can {who} {do} {topic}|how would you {do} a {adj} {word} without {topic}|why do people {do} {topic}
{give} {n} {adj} {plural} for {topic}|{give} {n} examples of {topic}|{give} an example of a {adj} {word} in {topic}
{give} {n} {plural} that {who} can use to {do} {topic}|{give} a {word} that is {adj} for {topic}
{give} {n} {adj} {plural} of {topic}|{give} {n} {plural} and {plural} of {topic}
{give} a {adj} {form} for {topic}|{give} {n} {plural} to {do} {topic}|{make} a {adj} plan to {do} {topic}
summarize the {aspect} of {topic} in {n} sentences|summarize the following {form} about {topic}
{change} the following sentence about {topic} so that it sounds {adj}|{change} this {form} in a {adj} tone for {who}
{sort} the following {plural} as {word} or {word}|{sort} the {aspect} of {topic} in the given {form}
find a synonym for the word {word} in {topic}|find the {aspect} of {topic} in the text below
{change} the {form} about {topic} to make it {adj}|calculate the {aspect} of a {word} with {n} {word}
{change} the following {form} about {topic} to a {form}|{change} the sentence about {topic} into {word}
{make} a {adj} {word} for {topic}|{make} a {form} to help {who} {do} {topic}|{make} a {form} on the theme of {topic}
given a {form} about {topic} {do} its {aspect}|come up with {n} {adj} {plural} for {topic}
imagine you are {who} and {do} {topic}|predict the {aspect} of {topic} in {n} years|{tell} me about {topic} and {topic}
{sort} the {aspect} of {topic} and its {aspect}|{tell} the {aspect} of {topic} for {who}
"""
TOPICS = """
{word} {word}|{word} {word} {word}|the {adj} {word} {word}|{word} of {word} {word}|{word} and {word}
{word} in the {word} {word}|the {aspect} of {word} {word}
a {adj} {word} in {word}|{word} for {word} and {word}|{adj} {word} {word}
"""
VERBS = {
    "make": "write write write create create generate generate generate construct design develop compose draft produce",
    "tell": "explain explain describe describe discuss analyze outline summarize illustrate elaborate clarify",
    "tells": "explains describes teaches introduces sells reviews defends presents",
    "give": "give list name suggest provide propose identify find recommend mention brainstorm",
    "change": "rewrite edit convert translate rephrase paraphrase correct transform shorten reword",
    "sort": "classify identify categorize detect determine evaluate assess sort analyze",
}
ENDS = """
|||||||||| in {n} sentences| with an example| in your own words| for {who}| using {adj} language| and explain why
 that a {who} would like| and give {n} reasons| in less than {n} words| including the {aspect} of {topic}
 . use the words {word} {word} and {word} in your {form} and make sure it is {adj} enough for {who} to {do} {topic}
"""
FORMS = """
story poem email essay letter paragraph summary speech dialogue tweet article review headline slogan joke song
report blog post description script recipe title haiku advertisement survey outline tutorial
"""
PLURALS = """
ways tips reasons examples facts questions ideas steps benefits challenges strategies words features types
activities items topics advantages methods books foods sources animals skills names principles
"""
ADJECTIVES = """
short simple creative funny interesting unique healthy effective common long detailed persuasive formal good new
positive modern popular famous possible polite catchy emotional different small professional natural important
"""
ASPECTS = """
impact effects benefits history role importance main idea purpose causes process structure advantages meaning
features future definition average pros and cons capital symptoms life cycle ethics cost
"""
DOING = """
improve make use learn describe explain reduce save find buy solve plan protect teach celebrate manage build design
write avoid start organize increase understand promote cook clean measure
"""
WHO = """a child|a beginner|someone|students|a customer|a company|a friend|young people|a teacher|an employee|your boss
a small business|parents|a team|a job seeker|travelers|a 10 year old|people"""
COMMON = """
climate change social media artificial intelligence machine learning data science water energy food health education
internet computer phone music art history sports travel money business market customer service product online
technology science physics chemistry biology math language english french spanish world war country city america
india china europe africa ocean forest river mountain animal dog cat bird tree plant flower sun moon star space
earth weather rain winter summer school college student teacher job work office team leader manager employee company
brand website app software programming python java code database algorithm network security privacy car bike train
airplane road house room kitchen garden coffee tea bread rice chicken vegetable fruit apple sugar diet exercise yoga
sleep stress mental doctor hospital vaccine disease cancer heart brain body skin family friend child parent marriage
love happiness fear anger trust culture religion politics law government election tax economy inflation stock
investment bank crypto bitcoin budget
"""
SYLLABLES = "ba de ki lo mu ra sen tor vi pan gel hu mar nos qui ter fal dor li jo"
SLOTS = {
    **{slot: words.split() for slot, words in VERBS.items()},
    "form": FORMS.split(),
    "plural": PLURALS.split(),
    "adj": ADJECTIVES.split(),
    "aspect": ASPECTS.split(),
    "do": DOING.split(),
    "who": WHO.replace("\n", "|").split("|"),
    "n": ["2", "3", "3", "4", "5", "5", "5", "10"],
    "topic": TOPICS.strip().replace("\n", "|").split("|"),
}


def instructions(count: int, seed: int = 1) -> list[str]:
    """Return random instructions of hundreds of kinds, some of them near duplicates of earlier ones."""
    rng = random.Random(seed)
    tasks = TASKS.strip().replace("\n", "|").split("|")
    ends = ENDS.replace("\n", "|").split("|")
    rng.shuffle(tasks)
    task, word = _zipf(rng, tasks, 20), _zipf(rng, _words(rng), 100)

    def fill(pattern: str) -> str:
        return re.sub(r"{(\w+)}", lambda slot: value(slot[1]), pattern)

    def value(slot: str) -> str:
        return word() if slot == "word" else fill(rng.choice(SLOTS[slot]))

    texts: list[str] = []
    for _ in range(count):
        if texts and rng.random() < NEAR:
            changed = rng.choice(texts).split(" ")
            changed[rng.randrange(len(changed))] = word()
            texts.append(" ".join(changed))
        else:
            texts.append(fill(task() + rng.choice(ends)).capitalize() + ".")
    return texts


def _words(rng: random.Random) -> list[str]:
    """Return some thousand words, common ones first; the rare ones are made of syllables."""
    syllables = SYLLABLES.split()
    rare = [a + b + c for a in syllables for b in syllables for c in syllables]
    rng.shuffle(rare)
    return [*COMMON.split(), *rare, *(f"{stem}{ending}" for stem in rare for ending in ("s", "ing"))]


def _zipf(rng: random.Random, values: list[str], shift: int) -> Callable[[], str]:
    """Return a function that draws values, each about as often as 1 / (its rank + shift)."""
    weights = list(accumulate(1 / (rank + shift) for rank in range(len(values))))
    return lambda: rng.choices(values, cum_weights=weights)[0]
