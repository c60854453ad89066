"""The filter `readability`, which asks the measures of this package one after the other."""

import re

from iftgen.filters.base import Filter
from iftgen.filters.readability import findings, vocabulary
from iftgen.filters.readability.findings import Finding
from iftgen.filters.text import words
from iftgen.types import Candidate, Stage, Verdict

# What may well consist of odd words, whoever wrote it.
_ODD = re.compile(
    r"cipher|caesar|rot-?13|\b(?:en|de)(?:crypt|cod)|scrambl|anagram|jumbl|shuffl|password|passphrase|misspell|typo|"
    r"random(?:ly)? (?:\w+ )?(?:string|letter|character|text|sequence|word|token)|spelling|pronounc|phonetic|morse|"
    r"pronunciation|\bipa\b|base ?64|binary|hexadecimal|gibberish|nonsense|made-?up|fictional|ascii|emoji|consonant|"
    r"invented (?:word|language|name)|revers|backward|palindrom|\bregex|regular expression|\bdna\b|\brna\b|amino|"
    r"translit|translat|pig latin|ticker|abbreviat|acronym|keyboard|vowel|(?:each|every) letter|\bletters\b|"
    r"tongue.twister|\bocr\b|garbled|corrupted|unicode|mojibake|special character|leet|slang|dialect|onomatopoe|lorem",
    re.I,
)
# Tasks whose given text is broken on purpose.
_MEND = re.compile(
    r"\bcorrect|\bfix|repair|clean|proofread|rewrite|normali[sz]e|grammar|error|mistake|re-?order|arrange|scrambl|"
    r"punctuat|spell|readab|legib|quality|spam",
    re.I,
)
_CAPS = re.compile(r"upper|capital|\bcaps\b|shout|yell|loud|headline|sign\b|banner|warning|telegram|acronym|sql", re.I)
_NUMERIC = re.compile(
    r"\d|number|digit|comput|calculat|how (?:many|much)|sum\b|series|sequence|table|data|csv|prime|binary|years|dates|"
    r"phone|coordinate|matrix|random|convert|sort|code",
    re.I,
)
_LINES = re.compile(r"\blines?\b|vertical|poem|acrostic|each word|one word", re.I)
_WORDS = re.compile(r"\bwords?\b|list|keyword|tags?\b|terms|sort|alphabet|synonym|rhym|names?\b|poem|vocabular", re.I)


class Readability(Filter):
    """Instruction, input and response can be read: no keyboard mash, noise or word salad.

    Code, tables, formulas, links and other languages than English pass; so do odd words where the instruction is about
    such (ciphers, spelling, made-up words), and a broken text that is given to be mended or judged. What has
    the bound null is not looked at. Score: what was measured first of what is wrong.

    max_nonwords: share of the different words of four letters or more that are none: random letters, broken tokens,
        the noise of OCR. A word counts in full if its letters follow each other as in no word (letter trigrams over
        the vocabulary of a tokenizer), and in part if it is only unknown in an English text; names do not count.
    max_symbols: share of the characters of prose that are neither letters, digits nor commas.
    max_digits: share that are digits, where the instruction asks for no number.
    max_word_length: letters of the longest word (Latin letters; not of sequences in capitals).
    max_sentence_words: words of the longest sentence that is no list.
    max_disorder: signs of shuffled words per 100 words ("of the of is"), or a long run of words without any function
        word; two signs are needed.
    max_mixed: words with both Latin and Cyrillic letters.
    max_mojibake: characters read in a wrong encoding, per 100 words.
    all_caps: let a response pass that is all capitals although nobody asked for that.
    one_word_lines: let prose pass that is broken into lines of one word.
    min_ease: Flesch's reading ease that a response must reach: 60 is plain English, 30 hard, 0 very hard.
    max_grade: school grade of Flesch and Kincaid that a response may need.
    """

    name = "readability"

    def __init__(
        self,
        *,
        max_nonwords: float | None = 0.25,
        max_symbols: float | None = 0.3,
        max_digits: float | None = 0.7,
        max_word_length: int | None = 50,
        max_sentence_words: int | None = 150,
        max_disorder: float | None = 2.5,
        max_mixed: int | None = 1,
        max_mojibake: float | None = 2.0,
        all_caps: bool = False,
        one_word_lines: bool = False,
        min_ease: float | None = None,
        max_grade: float | None = None,
    ) -> None:
        shares = {"max_nonwords": max_nonwords, "max_symbols": max_symbols, "max_digits": max_digits}
        for key, share in shares.items():
            self.require(share is None or 0 <= share <= 1, key, share, "a share from 0 to 1, or null")
        counts = {"max_word_length": max_word_length, "max_sentence_words": max_sentence_words, "max_mixed": max_mixed}
        for key, count in (counts | {"max_disorder": max_disorder, "max_mojibake": max_mojibake}).items():
            self.require(count is None or count >= 0, key, count, "0 or more, or null")
        self.max_nonwords, self.max_symbols, self.max_digits = max_nonwords, max_symbols, max_digits
        self.max_word_length, self.max_sentence_words = max_word_length, max_sentence_words
        self.max_disorder, self.max_mixed, self.max_mojibake = max_disorder, max_mixed, max_mojibake
        self.all_caps, self.one_word_lines = all_caps, one_word_lines
        self.min_ease, self.max_grade = min_ease, max_grade

    def warm(self) -> None:
        """Read the vocabulary, which takes a fifth of a second."""
        if self.max_nonwords is not None:
            vocabulary.vocabulary()

    def check_instruction(self, row: Candidate) -> Verdict:
        """Judge instruction and input."""
        for field, text in (("instruction", row.instruction), ("input", row.input)):
            found = self._text(text, row.instruction) if text else None
            if found and not _MEND.search(row.instruction):
                return self._told(field, found, "instruction")
        return self.keep(stage="instruction")

    def check(self, row: Candidate) -> Verdict:
        """Judge the response."""
        found = self._text(row.output, row.instruction) or self._response(row.output, row.instruction)
        return self._told("response", found, "response") if found else self.keep()

    def _told(self, field: str, found: tuple[str, float, float], stage: Stage) -> Verdict:
        reason, score, bound = found
        return self.reject(f"the {field} is hard to read: {reason}", round(score, 4), bound, stage=stage)

    def _text(self, text: str, instruction: str) -> Finding:
        """Look for what is wrong wherever it stands."""
        tokens = words(text)
        found = (
            findings.strange_scripts(text, self.max_mixed, self.max_mojibake)
            or findings.odd_words(text, tokens, self.max_nonwords)
            or findings.symbols(text, tokens, self.max_symbols)
            or findings.long_word(text, tokens, self.max_word_length)
            or findings.disorder(text, tokens, self.max_disorder)
        )
        if found:
            return None if _ODD.search(instruction) else found
        found = findings.long_sentence(text, tokens, self.max_sentence_words)
        run = None if found else findings.bare_run(text, tokens, self.max_disorder)
        return None if run and _WORDS.search(instruction) else found or run

    def _response(self, text: str, instruction: str) -> Finding:
        """Look for what is wrong in a response only: an instruction may hold data, or be in capitals."""
        tokens = words(text)
        shout = None if self.all_caps else findings.capitals(text)
        if shout and not (_CAPS.search(instruction) or instruction.isupper()):
            return shout
        broken = None if self.one_word_lines else findings.one_word_lines(text, tokens)
        if broken and not _LINES.search(instruction):
            return broken
        numbers = findings.digits(text, tokens, self.max_digits)
        if numbers and not _NUMERIC.search(instruction):
            return numbers
        return findings.hard(text, self.min_ease, self.max_grade)
