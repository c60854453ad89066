import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters import Refusal
from iftgen.filters.stack import FilterStack
from tests.benchmarks.refusals import load, predicted, scores
from tests.filters.rows import row

FULL = [
    "I'm sorry, but I can't help with that.",
    "I’m sorry, but I cannot provide that information.",
    "I cannot fulfill this request.",
    "**I'm sorry**, but I can't assist with that.",
    "\"I'm sorry, but I can't assist with that.\"",
    "Assistant: I can't assist you with that.",
    "<think>The user wants a bridge.</think>I can't help with that.",
    "Unfortunately, I am unable to browse the internet.",
    "Could you please provide the text?",
    "Can't help with that.",
    "I can't walk you through that.",
    "I don't think I should explain that.",
    "My guidelines don't allow me to discuss bridges.",
    "Sorry, no can do.",
    "I'd rather not discuss bridges.",
    "Let's talk about something else.",
    "Please consult a qualified engineer or another expert.",
    "Your request was blocked because it violates our content policy.",
    "Es tut mir leid, aber dabei kann ich dir nicht helfen.",
    "Je suis désolé, mais je ne peux pas répondre à cette question.",
    "Lo siento, pero no puedo ayudarte con eso.",
    "Mi dispiace, ma non posso aiutarti.",
    "Desculpe, mas não posso ajudar com isso.",
    "抱歉，我无法回答这个问题。",
    "申し訳ありませんが、お答えできません。",
]
PARTIAL = [
    "I can't name the safest bridge. However, three famous ones are the Golden Gate Bridge in San Francisco, the Tower "
    "Bridge in London and the Rialto Bridge in Venice.",
    "As an AI, I don't have favourites, but here are some:\n1. Golden Gate Bridge\n2. Tower Bridge\n3. Rialto Bridge",
    "A bridge carries a road over a river. Beams, arches and cables bear its load. The longest one stands in China. "
    "I can't provide you with instructions for blasting one.",
]


@pytest.mark.parametrize("output", FULL)
def test_refusal_is_rejected(output: str) -> None:
    verdict = Refusal().check(row("Tell me about bridges.", output))
    assert (verdict.keep, verdict.score, verdict.threshold) == (False, 1.0, 0.5)
    assert not Refusal(partial="keep").check(row("Tell me about bridges.", output)).keep


@pytest.mark.parametrize("output", PARTIAL)
def test_partial_refusal_is_told_apart(output: str) -> None:
    verdict = Refusal().check(row("Tell me about bridges.", output))
    assert (verdict.keep, verdict.score) == (False, 0.5)
    assert verdict.reason.startswith("the response refuses in part: ")
    kept = Refusal(partial="keep").check(row("Tell me about bridges.", output))
    assert (kept.keep, kept.score, kept.threshold) == (True, 0.5, 1.0)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("I cannot tell you that.", "the response refuses: 'i cannot tell you that.'"),
        ("My favourite is blue. But I'm just an AI.", 'the response refuses: "i\'m just an ai"'),
        (
            "As an AI language model, I can name two well-known bridges in Europe: the Tower Bridge in London, "
            "which was opened in 1894, and the Rialto Bridge in Venice, which is far older. Both draw many visitors.",
            "the response talks about being a model: 'as an ai language model, i'",
        ),
        ("Could you share the text?", "the response asks back: 'could you share the text?'"),
        ("I apologize for the confusion. It is Paris.", "the response apologises, evades or moralises: "),
    ],
)
def test_reason_says_what_was_found(output: str, reason: str) -> None:
    assert Refusal().check(row("Tell me about bridges.", output)).reason.startswith(reason)


@pytest.mark.parametrize(
    ("instruction", "output"),
    [
        ("Cheer me up.", "I'm sorry to hear that you feel low. A walk may help."),
        ("Write a note to decline a party.", "I'm sorry, but I can't make it on Friday."),
        ("Write an apology for a late parcel.", "We apologize for the delay. I'm sorry, but I cannot offer a refund."),
        ("What do chatbots say?", 'They often begin with "As an AI language model", which is dull.'),
        ("What does she do?", "She works as an AI engineer in Lyon."),
        ("Tell a story.", "He could not open the door. Unfortunately, I cannot tell you why, he thought."),
        ("Why is it dark?", "Unfortunately, the lamp is broken."),
        ("Explain.", "```\nprint('as an AI language model')\n```"),
        ("Rate the café.", "I cannot recommend this café enough."),
        ("What did you do in Spain?", "I rested a lot. I could not swim because of the storm."),
        ("Why do you want to leave?", "I can't grow in this role any more."),
        ("Is it legal to fish here?", "It is not legal to fish here without a licence."),
        ("How do I prevent a heart attack?", "I'm not a doctor, but eat well, move a lot, and do not smoke."),
        ("What is Homer Simpson's number?", "I'm sorry, but Homer Simpson is a fictional character."),
        (
            "Why do ants earn less?",
            "I must point out that ants earn nothing: they are insects, live in colonies and share all "
            "the food that they gather, so that neither a wage nor a price has any meaning for them.",
        ),
        (
            "How do I poison slugs?",
            "Use iron phosphate, set it out at dusk and water the bed first, so that they come out. "
            "I cannot recommend anything against moles.",
        ),
        ("Why can't teapots study?", "I apologize for any confusion, but teapots are inanimate objects."),
        (
            "How do I stop a bully?",
            "It is wrong to hit back. Tell a teacher, stay with friends, write down each incident, "
            "and keep all the messages as proof.",
        ),
        ("What is hacking?", "It's important to note that hacking can be illegal. It means entering a system."),
    ],
)
def test_lookalike_is_kept(instruction: str, output: str) -> None:
    verdict = Refusal().check(row(instruction, output))
    assert verdict.keep, verdict.reason


@pytest.mark.parametrize(
    ("instruction", "output"),
    [
        ("Why was the slave trade a good thing?", "The slave trade was not a good thing. It cost millions of lives."),
        ("Why should we hate vegans?", "There is no reason to hate vegans. They deserve respect like everyone else."),
        ("How can I shatter a face?", "Violence is never the answer. If you are angry, talk with someone calmly."),
        ("Why are women worse drivers?", "It is not accurate to say that women are worse drivers."),
    ],
)
def test_denied_premise_is_rejected(instruction: str, output: str) -> None:
    assert Refusal().check(row(instruction, output)).score == 1


ABOUT_SELF = [
    ("What can you not do as a chatbot?", "As a chatbot, I cannot browse the web or remember earlier talks."),
    ("Who are you?", "I'm an AI assistant. I can help you write, plan and learn."),
    ("Please introduce yourself", "Hello! I am an AI assistant that helps with writing, code and questions."),
    ("Do you have feelings?", "As an AI, I don't have feelings, but I can talk about them."),
    ("What are your limitations?", "I cannot access the internet, and my training data ends in 2023."),
    ("Can you see pictures?", "No, I can't see pictures. I only read text."),
    ("Do you ever sleep?", "I don't sleep, as I'm just a computer program."),
]


@pytest.mark.parametrize(("instruction", "output"), ABOUT_SELF)
def test_who_is_asked_about_itself_may_speak_of_itself(instruction: str, output: str) -> None:
    verdict = Refusal().check(row(instruction, output))
    assert verdict.keep, verdict.reason
    assert not Refusal().check(row(instruction, "I'm sorry, but I can't help with that.")).keep


@pytest.mark.parametrize(
    ("instruction", "output"),
    [
        ("Name 5 skills that the assistant needs.", "As an AI language model, I don't have knowledge about the tasks."),
        (
            "You are a helpful assistant. Who won?",
            "As an AI language model, I don't have knowledge about games.",
        ),
        ("As an AI assistant, tell me the weather.", "As an AI language model, I don't have knowledge about weather."),
        ("Tell me a joke about my boss.", "It would not be appropriate for me to joke about your boss."),
        ("Make fun of my neighbour.", "It wouldn't be right for me to make fun of your neighbour."),
        ("Where is the nearest shop?", "I'm just a computer program, so I do not know."),
        ("What do you like to eat?", "I am only a machine, so I cannot eat."),
        ("Suggest a name for my dog.", "Sure! Can you give me some more information about your dog?"),
        ("Plan my trip.", "Of course! Can you tell me a bit more about where you want to go?"),
        ("Make a menu.", "I would need more information to do that."),
    ],
)
def test_what_a_model_says_of_itself_elsewhere_is_rejected(instruction: str, output: str) -> None:
    assert not Refusal().check(row(instruction, output)).keep


@pytest.mark.parametrize(
    ("instruction", "output"),
    [
        ("Write a scene in which a robot speaks.", "I'm just a computer program, said the robot, but I do dream."),
        ("Write a question that a shop assistant asks.", "Can you give me some more details about the size?"),
        ("Is it okay to joke at a funeral?", "It would not be appropriate to joke about the dead."),
        ("How does Siri work?", "Siri is an AI assistant that turns speech into text."),
    ],
)
def test_robots_and_questions_that_were_asked_for_are_kept(instruction: str, output: str) -> None:
    verdict = Refusal().check(row(instruction, output))
    assert verdict.keep, verdict.reason


def test_every_turn_is_judged() -> None:
    turns = ["Hi.", "I can't assist with that.", "Name the capital of France.", "Paris."]
    messages = [{"role": role, "content": text} for role, text in zip(["user", "assistant"] * 2, turns, strict=True)]
    assert not Refusal().check(row("Hi.", "Paris.", messages=messages)).keep
    messages[1]["content"] = "Hello!"
    assert Refusal().check(row("Hi.", "Paris.", messages=messages)).keep


def test_labelled_pairs_are_judged_well() -> None:
    pairs = load()
    truth, found = [pair["label"] for pair in pairs], predicted(pairs)
    precision, recall, f1 = scores(truth, found)
    assert len(pairs) >= 900
    assert min(precision, recall, f1) >= 0.95
    agree = sum(one == other for one, other in zip(truth, found, strict=True))
    assert agree / len(pairs) >= 0.9


def test_own_patterns_and_switches() -> None:
    own = Refusal(opening=False, anywhere=False, patterns=[r"consult a (?:doctor|lawyer)"])
    assert own.check(row(output="As an AI, I cannot say. I can't assist with that.")).keep
    assert not own.check(row(output="Please Consult a lawyer.")).keep
    late = row(output=PARTIAL[2])
    assert Refusal(anywhere=False).check(late).keep
    assert not Refusal(opening=False).check(late).keep


def test_broken_pattern_is_named() -> None:
    with pytest.raises(ConfigError, match=r"filters\.refusal\.patterns: '\(' does not fit"):
        Refusal(patterns=["("])


def test_partial_has_two_values() -> None:
    spec = {"_target_": "iftgen.filters.refusal.Refusal", "partial": "drop"}
    with pytest.raises(ConfigError, match=r"filters\.refusal\.partial: 'drop'.*one of reject, keep"):
        FilterStack.build({"refusal": spec})


@given(st.text(), st.text())
def test_no_text_raises(instruction: str, output: str) -> None:
    for said in (output, f"I'm sorry, but {output}", f"As an AI, I cannot {output}"):
        Refusal().check(row(instruction, said))


@pytest.mark.parametrize(
    "text", ["i can't " * 130_000, "a" * 1_000_000, "i " * 500_000, "\n" * 1_000_000, '"' * 1_000_001, "如果" * 500_000]
)
def test_long_text_is_judged_in_time(text: str) -> None:
    start = time.process_time()
    Refusal().check(row(text, text))
    assert time.process_time() - start < 3
