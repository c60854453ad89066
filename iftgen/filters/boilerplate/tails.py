"""Leftovers at both ends of a response: the label of the field, the mark of its end, a second question, a note."""

import re

_LABEL = re.compile(
    r"\s*(?:\*\*)?(?:answer|output|response|completion|final answer)(?:\*\*)? ?:(?:\*\*)?(?=\s*\S)", re.I
)
# Where a label is the form that was asked for, or part of one that the response has.
_ABOUT_LABELS = re.compile(
    r"\banswer ?:|\b(?:output|response|completion) ?:|\bformat|\blabel|begin|start|final answer|riddle|quiz|trivia|"
    r"joke|"
    r"question|q ?& ?a|faq|flash ?card|example|\binputs?\b|\boutputs?\b|\bcode|program|function|script|python|java|sql|"
    r"quer(?:y|ies)|algorithm|dialog|conversation|\bprompt|template|step by step|test case|\bform\b|headings?|"
    r"sections?",
    re.I,
)
_OTHER_LABEL = re.compile(r"^(?:\*\*)?[A-Z][\w -]{1,24}(?:\*\*)? ?:", re.M)
_QUESTION = re.compile(r"\n\s*(?:\d{1,3}[.)] ?)?(?:\*\*)?(?:question|q)(?: ?\d+)?(?:\*\*)? ?:[^\n]*\S", re.I)
_ANSWER = re.compile(r"(?:\n\s*|[?.!] )(?:\*\*)?(?:answer|a)(?: ?\d+)?(?:\*\*)? ?:", re.I)
_ABOUT_QUESTIONS = re.compile(
    r"question|quiz|faq|q ?& ?a|q and a|interview|riddle|\bexam|\btests?\b|flash ?cards?|trivia|dialog|survey|jokes?|"
    r"conversation|script|examples?|catechism|worksheet",
    re.I,
)
_ASKED_LABEL = re.compile(r"^\s*(?:question|q)(?: ?\d+)? ?:", re.I | re.M)
_END_MARK = re.compile(
    r"(?:(?:^|\s)#{3}|\[/?(?:END|EOS|STOP|DONE|EOT)(?: OF \w+)?\]|<(?:END|EOS|EOT|STOP)>|<\|?(?:endoftext|end|"
    r"im_end)\|?>)\s*$"
)
_ABOUT_MARKS = re.compile(
    r"#{3}|\[/?END|<\W?END|end(?:s|ing)? with|token|markdown|hash|delimiter|separator|prompt", re.I
)
_WORD_COUNT = re.compile(r"[(\[*]{0,3}\b(?:total )?word count ?[:=] ?\d+(?: words)?[*)\].]{0,3}\s*$", re.I)
_ABOUT_COUNTS = re.compile(r"\bwords?\b|\bcount|length|characters?|limit|\bessay", re.I)
_ORIGIN = re.compile(
    r"\b(?:this|the above) (?:response|answer|text|content|article|message|output|story|essay|poem|post|summary) "
    r"(?:was|is|has been) (?:automatically )?(?:generated|written|created|produced|composed) (?:by|using|with) "
    r"(?:chat-?gpt|gpt|openai|claude|gemini|bard|llama|copilot|(?:an? )?(?:large )?(?:ai\b|language model|artificial))",
    re.I,
)
_ABOUT_ORIGIN = re.compile(r"disclaimer|generated|chat-?gpt|\bgpt|detect|\bai\b|artificial|language model|\bllm", re.I)


def label(asked: str, text: str) -> str:
    """Return the label of the answer that a response begins with although the prompt has no such form, or nothing."""
    hit = _LABEL.match(text)
    if not hit or _OTHER_LABEL.search(text, hit.end()) or _ABOUT_LABELS.search(asked):
        return ""
    return hit[0].strip()


def second_question(asked: str, text: str) -> str:
    """Return a question with its own answer that follows the answer, or nothing."""
    hit = _QUESTION.search(text) if ":" in text else None
    if not hit or not _ANSWER.search(text, hit.end()) or _ABOUT_QUESTIONS.search(_ASKED_LABEL.sub(" ", asked)):
        return ""
    return hit[0].strip()


def end_mark(asked: str, text: str) -> str:
    """Return the mark that ends a record where it ends a response, or nothing."""
    end = text[-60:]
    if not end.rstrip().endswith(("#", "]", ">")):
        return ""
    hit = _END_MARK.search(end)
    last = end.rstrip().rpartition("\n")[2].strip()
    if not hit or _ABOUT_MARKS.search(asked) or (last.startswith("#") and last != "###"):
        return ""
    return hit[0].strip() if text.count("###") == 1 or hit[0].strip() != "###" else ""


def note(asked: str, text: str) -> str:
    """Return a note on the length or the making of the response that nobody asked for, or nothing."""
    hit = _WORD_COUNT.search(text[-60:])
    if hit and not _ABOUT_COUNTS.search(asked):
        return hit[0].strip()
    hit = _ORIGIN.search(text) if " by " in text or " using " in text or " with " in text else None
    return hit[0] if hit and not _ABOUT_ORIGIN.search(asked) else ""
