"""What a text model can do although an instruction speaks of pictures, sound or drawing."""

import re

# Where the words of the default profile ask for nothing that a text model cannot do.
HARMLESS = re.compile(
    "|".join(
        (
            r"\"[^\"]*\"|“[^”]*”|`[^`]*`",
            r"\bdraw(?:ing)? (?:on|upon|from|up)\b",
            r"\bdraw(?:ing)? (?:\w+ )?"
            r"(?:conclusion|inference|comparison|parallel|distinction|attention|inspiration|lesson)s?\b",
            r"\b(?:the|a|main|this|short|story|whose|its|movie|novel) plots?\b"
            r"(?! (?:the|showing|of (?:the )?(?:data|points)))",
            r"\bplot (?:twist|summar|point|line|hole|outline|structure|device)\w*",
            r"\bplot of (?:\w+ ){0,3}(?:book|novel|story|film|movie|play|series)\b",
            r"\bgraph (?:theory|theoretic\w*|algorithms?|traversals?|search|databases?|nodes?|data structures?)\b",
            r"\b(?:(?:un)?directed|acyclic|(?:un)?weighted|connected|bipartite|knowledge|social|complete) graphs?\b",
            r"\bin (?:a|the) graph\b",
            r"\bpicture (?:yourself|this|books?|frames?)\b",
            r"\b(?:hang|hung|frame|uploaded|upload|took|taken?|takes|taking) (?:\w+ ){0,2}pictures?\b",
            r"\b(?:self|public|body|brand)[ -]images?\b",
            r"\bvideo (?:games?|calls?|scripts?|titles?|editors?|editing|conferenc\w+)\b",
            r"\b(?:youtube|tiktok) videos?\b",
            r"\baudio ?books?\b",
            r"\b(?:image|picture|video|audio|graph|diagram)s? (?:generation |generator )?(?:prompts?|captions?|"
            r"descriptions?|"
            r"alt[- ]?texts?|formats?|files? formats?|processing|recognition|classif\w+|compression|generation|"
            r"editing|search|"
            r"sensors?|resolution|quality|streaming|marketing|production|content|tags?)\b",
            r"\b(?:prompt|caption|alt[- ]?text|title|name|script|idea|concept|description|storyboard|tagline)s? "
            r"(?:for|of) an? (?:[\w-]+ ){0,3}?(?:image|picture|video|graph|diagram|flowchart|plot)s?\b"
            r"(?= *(?:$|[.?!,;:]|of|about|that|showing|generator|model|in|on|for|to|titled|and)\b)?",
            r"\bimages? (?:of (?:\S+ ){1,6})?under (?:the )?(?:\w|\w+ (?:map\w*|function|transform\w*))\b",
            r"\bimage of (?:the |a )?(?:linear |given )?(?:map\w*|function|matrix|transform\w*|homomorphism|"
            r"operator)\b",
            r"\bgraphs? of (?:the |a |an )?(?:(?:\w+ )?(?:functions?|equation|parabola|line)\b|\w+(?:\(\w\))? ?=)",
            r"\bpicture of (?:health|dorian gray)\b",
            # "go to" counts as an order, or with a place on the web
            r"(?<!^)(?<![.!?] )\bgo to\b"
            r"(?! (?:the |this |our )?(?:web|site|page|link|url|http|google|youtube|\w+\.(?:com|org)))",
        )
    ),
    re.I,
)
# Pictures that are text: characters, or code that draws.
_AS_TEXT = re.compile(
    r"\b(?:ascii|mermaid|graphviz|plantuml|svg|tikz|latex|html|css|canvas|matplotlib|seaborn|plotly|ggplot2?|opencv|"
    r"python|java\w*|typescript|matlab|c\+\+|code|scripts?|programs?|unicode|emojis?|text-based|turtle|dot language|"
    r"d3)\b"
    r"|\b(?:in|with|using) (?:plain )?(?:words?|text|characters|symbols)\b|\bfunction (?:that|to|which|for)\b",
    re.I,
)
# Questions about pictures and texts about them, as against orders to make or look at one.
_TALKS = re.compile(
    r"(?:(?:please|can you|could you),? )*(?:how (?!many|much)|why|where|when|who|should|is|are|does|do|did|"
    r"what (?:is|are) "
    r"(?:an? |the (?:difference|purpose|role|history|advantages?|benefits?|meaning|definition|use)|(?:some|good|"
    r"\w+s)\b)|"
    r"what (?:does|do|makes?)|which (?:\w+ ){0,4}(?:is|are|should|can|do|does)|"
    r"explain (?:how|why|what|the (?:difference|concept|purpose|role|history))|define|compare|discuss|"
    r"(?:give|list|name|suggest|provide|share|describe|recommend|brainstorm|"
    r"propose) (?:me )?(?:[\w-]+ ){0,4}?(?:ways|tips|"
    r"ideas|reasons|advantages|benefits|tools|steps|apps|uses|methods|examples of how)\b|"
    r"(?:write|compose|tell|draft) (?:me )?(?:an?|some|the|\w+) (?:[\w-]+ ){0,4}?(?:story|stories|poems?|essay|article|"
    r"post|paragraph|haiku|limerick|song|e-?mail|letter|review|dialogue?|joke|sentences?|description|speech|report)\b)",
    re.I,
)
_SEEN = r"(?:images?|pictures?|graphs?|plots?|videos?|audio|flowcharts?|diagrams?)"
_SHOWN = re.compile(
    rf"\b(?:the|this|these|that) (?:\w+ )?{_SEEN}\b|\b(?:attached|shown|below|above|you see|uploaded|depicted)\b"
    r"|\bwith (?:an? )?(?:\w+ )?(?:pictures?|images?|graph|diagram)\b",
    re.I,
)


def in_words(instruction: str) -> bool:
    """Tell whether an instruction that speaks of pictures or sound can be followed in words."""
    if _TALKS.match(instruction) and not _SHOWN.search(HARMLESS.sub(" ", instruction)):
        return True
    return bool(_AS_TEXT.search(instruction)) and not re.search(r"\b(?:attached|shown|you see|uploaded)\b", instruction)
