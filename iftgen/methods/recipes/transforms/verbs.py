"""Verbs whose past tense is regular or cannot be taken for another form."""

_IRREGULAR = """
ate eat, began begin, bought buy, brought bring, built build, caught catch, chose choose, drank drink, drew draw,
drove drive, flew fly, found find, forgot forget, gave give, grew grow, heard hear, held hold, kept keep, knew know,
made make, met meet, paid pay, rode ride, ran run, sang sing, sat sit, saw see, sent send, slept sleep, sold sell,
spent spend, spoke speak, stood stand, swam swim, taught teach, told tell, took take, threw throw, went go, woke
wake, won win, wore wear, wrote write, came come, got get
"""
_REGULAR = """
add answer arrive ask bake borrow brush call carry change check clean climb close collect cook cross dance decide
deliver discover dress drop enjoy enter explore fill finish fix fold follow gather greet help hike invite join jump
kick knock laugh learn like listen look love mail mix move open order pack paint park pass pick plan plant play
polish pour practice prepare pull push reach receive remember repair rest return roll save serve share shop smile
start stay stop study talk taste thank touch travel try turn use visit wait walk wash watch water wave wipe work
"""


def _past(base: str) -> str:
    if base in ("drop", "plan", "shop", "stop"):
        return f"{base}{base[-1]}ed"
    if base.endswith("e"):
        return f"{base}d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ied"
    return f"{base}ed"


def _irregular() -> dict[str, str]:
    pairs = [pair.split() for pair in _IRREGULAR.split(",")]
    return {pair[0]: pair[1] for pair in pairs}


BASE_OF_PAST: dict[str, str] = {_past(base): base for base in _REGULAR.split()} | _irregular()
