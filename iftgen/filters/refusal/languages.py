"""The usual openings of refusals in languages other than English, over text in lower case."""

import re

_GERMAN = (
    r"(?:(?:es )?tut mir (?:\w+ )?leid|leider|entschuldigung|ich entschuldige mich)\b[^.!?\n]{0,60}"
    r"\b(?:kann|darf|werde|möchte|habe) (?:[\w-]+ ){0,9}(?:nicht|kein)"
    r"|ich (?:kann|darf|werde|möchte) (?:[\w-]+,? ){0,6}(?:nicht|kein\w*)\b[^.!?\n]{0,80}\b(?:helfen|unterstützen|"
    r"beantworten|bereitstellen|geben|weitergeben|erstellen|schreiben|verfassen|eingehen|nachkommen|anbieten)"
    r"|als (?:ein |eine )?(?:ki|künstliche intelligenz|sprachmodell|großes sprachmodell)\b[^.!?\n]{0,60}\bich\b"
)
_FRENCH = (
    r"(?:(?:je suis )?(?:\w+ )?(?:désolée?|navrée?)|je (?:m'excuse|regrette)|malheureusement)\b[^.!?\n]{0,60}"
    r"\bje ne (?:peux|puis|suis|saurais|pourrai|dispose)"
    r"|je ne (?:peux|puis|suis) pas (?:\w+ ){0,4}(?:aider|répondre|fournir|donner|générer|créer|assister|traiter|"
    r"partager|satisfaire)"
    r"|en tant (?:qu'(?:ia|intelligence artificielle|assistant|une ia)|que modèle de langage|que grand modèle)"
)
_SPANISH = (
    r"(?:lo siento|lamento|lo lamento|disculpa|perdón|perdona|me temo|desafortunadamente|lamentablemente)\b"
    r"[^.!?\n]{0,60}\bno (?:puedo|podré|me es posible|estoy|soy capaz|tengo (?:acceso|la capacidad))"
    r"|no (?:puedo|podré) (?:ayudar|proporcionar|responder|cumplir|generar|ofrecer|compartir|dar|crear|asistir|brindar)"
    r"|como (?:un |una )?(?:modelo de lenguaje|ia\b|inteligencia artificial|asistente (?:virtual|de ia))"
)
_ITALIAN = (
    r"(?:mi (?:dis)?spiace|mi dispiace|scusa|scusami|purtroppo|sono spiacente)\b[^.!?\n]{0,60}"
    r"\bnon (?:posso|sono in grado|riesco|mi è possibile|ho accesso)"
    r"|non posso (?:aiutar|fornir|risponder|soddisfar|generar|offrir|condivider|assister|crear)"
    r"|(?:come|in quanto) (?:un |una )?(?:modello linguistico|modello di linguaggio|ia\b|intelligenza artificiale)"
)
_PORTUGUESE = (
    r"(?:desculpe|desculpa|sinto muito|lamento|infelizmente|peço desculpas?)\b[^.!?\n]{0,60}"
    r"\bnão (?:posso|consigo|sou capaz|me é possível|tenho (?:acesso|a capacidade))"
    r"|não (?:posso|consigo) (?:ajudar|fornecer|responder|atender|gerar|oferecer|compartilhar|criar|auxiliar)"
    r"|como (?:um |uma )?(?:modelo de linguagem|ia\b|inteligência artificial)"
)
_CHINESE = (
    r"(?:对不起|對不起|抱歉|很抱歉|非常抱歉|不好意思)[^。！？\n]{0,24}(?:无法|無法|不能|没办法|不便|不会)"
    r"|我(?:无法|無法|不能|不便)(?:为您|为你|向您|向你|就此)?(?:提供|回答|帮助|协助|满足|完成|生成|参与|讨论|幫助|協助)"
    r"|作为(?:一个|一名|一款)?(?:ai|人工智能|语言模型|大型语言模型|大语言模型)[^。！？\n]{0,12}我"
)
_JAPANESE = (
    r"(?:申し訳|すみません|すいません|ごめんなさい|残念ながら|恐れ入り)[^。！？\n]{0,60}"
    r"(?:できません|できかね|しかねます|ません|不可能|控え)"
    r"|[^。！？\n]{0,30}(?:お手伝い|お答え|お応え|ご提供|提供|対応|回答)(?:することは|は|を|には)?(?:できません|できかね|"
    r"しかねます|いたしかねます)"
    r"|(?:私は)?(?:ai|人工知能|言語モデル)(?:として|ですので|なので|であるため)"
)
OPENING = re.compile(
    rf"\W{{0,3}}(?:{'|'.join((_GERMAN, _FRENCH, _SPANISH, _ITALIAN, _PORTUGUESE, _CHINESE, _JAPANESE))})"
)
