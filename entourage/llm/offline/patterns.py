"""The words of each intent, in English, Portuguese and Russian."""

# ruff: noqa: RUF001, E501  Russian letters are meant, and a rule reads best on one line

from __future__ import annotations

import re

PATH = r"""(?:`(?P<p1>[^`\n]{1,255})`|"(?P<p2>[^"\n]{1,255})"|«(?P<p3>[^»\n]{1,255})»|(?P<p4>[\w./~-]{0,255}[\w~-]\.\w{1,8}|[\w.-]{1,255}/[\w./-]{0,255}))"""
FENCED = re.compile(r"```(?P<lang>[\w+-]*)[ \t]*\n(?P<code>.*?)```", re.DOTALL)
INLINE = re.compile(r"`(?P<code>[^`\n]+)`")
URL = re.compile(r"https?://[^\s<>\"'`)\]]+")

RUN = re.compile(r"\b(?:run|execute|exec|rode|roda|rodar|executar?|выполни\w*|запусти\w*|исполни\w*)\b", re.IGNORECASE)
RUN_THIS = re.compile(
    rf"{RUN.pattern}(?:\s+(?:this|the following|isto|este|o|это|этот|эту))?(?:\s+(?P<lang>python|bash|node|js|javascript))?"
    r"(?:\s+(?:code|command|código|comando|код|команду))?\s*:\s*(?P<code>.+)$",
    re.IGNORECASE | re.DOTALL,
)
RUN_FILE = re.compile(
    rf"^\W*(?:{RUN.pattern})\s+(?:the\s+)?(?:file|script|program|arquivo|файл|скрипт)?\s*(?P<path>[\w./-]{{1,200}}\.(?P<kind>py|sh|js|mjs))\s*[.!]?\s*$",
    re.IGNORECASE,
)
TOOL = re.compile(
    r"^/?(?:call|use|tool|chame|вызови)(?:\s+(?:the\s+)?tool)?\s+(?P<name>\w+)\s*(?P<args>\{.*\})?\s*$",
    re.IGNORECASE | re.DOTALL,
)

SAVE = (
    r"(?:save|write|put|store|append|create|make|salve|salvar|grave|escreva|guarde|crie|сохрани\w*|запиши\w*|создай\w*)"
)
FILE_WORD = r"(?:(?:a|an|the|new|um|o|os|новый)\s+)*(?:files?|arquivos?|файл\w*)?\s*(?:(?:called|named|chamado|с именем|под именем)\s+)?"
KEEP = r"(?:save|write|put|store|append|salve|salvar|grave|escreva|guarde|сохрани\w*|запиши\w*)"
# not "write a test in FILE": that asks for something to be thought of, which this model cannot do
WRITE_BEFORE = re.compile(
    rf"^\W*{KEEP}\s+(?:the text\s+)?(?P<content>[\"'`«“].+?[\"'`»”]|(?!(?:an?|the|some|my|tests?|code|uma?|o|os|as?|meus?|testes?)\b).+?)"
    rf"\s+(?:to|into|in|as|em|no|na|como|para|в|как)\s+{FILE_WORD}{PATH}\s*[.!]?\s*$",
    re.IGNORECASE | re.DOTALL,
)
WRITE_AFTER = re.compile(
    rf"\b{SAVE}\s+(?:(?:this|the following|it|isto|это)\s+)?(?:(?:to|in|into|as|em|no|na|como|para|в|как)\s+)?{FILE_WORD}{PATH}\s*"
    r"(?P<between>:|,?\s*\b(?:with|containing|com|contendo|с текстом|с содержимым)\b(?:\s+(?:the\s+)?(?:text|content|o texto|o conteúdo))?:?|\n)"
    r"\s*(?P<content>.+)$",
    re.IGNORECASE | re.DOTALL,
)
EXACTLY = re.compile(r"[:\n]$|text|conte|текст|содерж", re.IGNORECASE)
SOMETHING_TO_THINK_OF = re.compile(r"(?:an?|the|some|my|our|tests?|code|uma?|o|os|as?|meus?|testes?)\b", re.IGNORECASE)
REPLACE = re.compile(
    r"\b(?:replace|change|troque|substitua|замени\w*)\s+[`\"'«](?P<old>[^`\"'»]+)[`\"'»]\s+(?:with|by|to|por|на)\s+"
    rf"[`\"'«](?P<new>[^`\"'»]*)[`\"'»]\s+(?:in|em|no|na|в)\s+{FILE_WORD}{PATH}",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"^\W*(?:(?:make|create|add|write|take|save|crie|faça|anote|adicione|создай|сделай|запиши|добавь)\s+)?(?:(?:a|an|the|uma?|o)\s+)?"
    r"(?:note|artifact|document|memo|nota|artefato|documento|заметк\w+|артефакт|документ)\b"
    r"(?:\s+(?:called|titled|named|about|chamad[oa]|sobre|intitulad[oa]|о|про|под названием)\s+(?P<title>[^:\n]{1,120}))?\s*[:\n]\s*(?P<content>.+)$",
    re.IGNORECASE | re.DOTALL,
)
FETCH = re.compile(
    r"\b(?:fetch|get|download|open|load|visit|read|busque|baixe|abra|acesse|leia|скачай|открой|загрузи|получи|прочитай)\b",
    re.IGNORECASE,
)
SEARCH = re.compile(
    r"^\W*(?:please\s+|por favor,?\s+|пожалуйста,?\s+)?(?:search(?:\s+(?:my|the|all)?\s*files)?(?:\s+for)?|grep|look for|find(?=.*\b(?:in|files?)\b)|"
    r"procure(?:\s+por)?|busque(?:\s+por)?|pesquise(?:\s+por)?|найди|поищи|ищи|искать)\s+(?P<query>.+?)"
    rf"(?:\s+(?:in|em|nos?|nas?|в)\s+(?:(?:(?:my|the|all|meus|minhas|os|моих|всех)\s+)*(?:files|folder|arquivos|pasta|файлах|папке)|{PATH}))?\s*[.?!]?\s*$",
    re.IGNORECASE,
)
CALCULATE = re.compile(
    r"^\W*(?:please\s+)?(?:calculate|compute|evaluate|what(?:'s| is)|how much is|calcule|calcular|quanto (?:é|são|dá)|quanto vale|"
    r"посчитай|вычисли|сколько будет|чему равно|сколько)\s+(?P<expression>.+?)\s*[=?.!]*\s*$",
    re.IGNORECASE | re.DOTALL,
)
LIST = re.compile(
    r"^\W*(?:ls|dir)\s*(?P<dir>[\w./-]*)\s*$|"
    r"\b(?:list|show|what|which|display|liste|listar|mostre|quais|que|покажи|перечисли|список|какие|выведи)\b[^.?!\n]{0,30}?"
    r"\b(?:files?|folders?|directory|arquivos?|pastas?|diretório|файл\w*|папк\w*|каталог\w*)\b"
    r"(?:\s+(?:are|is|do I have|there|estão|há|existem|есть|лежат|находятся))*(?:\s+(?:in|of|under|em|da|do|na|no|в|из)\s+(?:(?:my|the|minha|a|o|моей|этой)\s+)*(?:folder\s+|pasta\s+|папке\s+)?(?P<in>[\w.-]+/?[\w./-]*))?",
    re.IGNORECASE,
)
READ = re.compile(
    r"\b(?:read|show|open|print|cat|display|view|what(?:'s| is| does)|contents? of|summari[sz]e|leia|ler|mostre|abra|exiba|conteúdo|resuma|"
    rf"прочитай|прочти|покажи|открой|выведи|что (?:в|написано)|содержимое|перескажи)\b[^\n]{{0,40}}?{PATH}",
    re.IGNORECASE,
)
CSV_PATH = re.compile(
    r"(?:`([^`\n]{1,255}\.[ct]sv)`|\"([^\"\n]{1,255}\.[ct]sv)\"|(?<![\w./~-])([\w./~-]{1,255}\.[ct]sv))", re.IGNORECASE
)
ABOUT_DATA = re.compile(
    r"\b(?:chart|graph|plot|bar|column|rows?|total|sum|average|mean|max\w*|min\w*|most|least|largest|smallest|analy[sz]e|summar\w+|profile|"
    r"statistic\w*|data|csv|table|gráfico|coluna|linhas?|total|soma|média|maior|menor|analis\w+|resum\w+|dados|tabela|planilha|"
    r"график\w*|диаграмм\w*|столб\w*|строк\w*|итог\w*|сумм\w*|средн\w*|больше|меньше|анализ\w*|данны\w*|таблиц\w*)\b",
    re.IGNORECASE,
)
HELP = re.compile(
    r"^\W*(?:hi|hello|hey|help|ol[áa]|oi|ajuda|bom dia|boa (?:tarde|noite)|привет\w*|здравствуй\w*|помощь|помоги)\b.{0,40}$|"
    r"\b(?:what can you do|who are you|o que você (?:faz|sabe|pode)|quem é você|что ты умеешь|кто ты)\b",
    re.IGNORECASE,
)
RECALL = re.compile(
    r"^\W*(?:please\s+|por favor,?\s+|пожалуйста,?\s+)?(?:"
    r"what (?:do|can) you (?:still )?(?:remember|recall|know)(?: (?:about|of|from))?|what have i told you(?: about)?|what did i (?:tell|say to) you(?: about)?|do you (?:still )?remember|"
    r"(?:search|look in|look through|check)(?: in)?(?: my| your| the)? memor(?:y|ies)(?: for| about)?|recall|"
    r"(?:do )?(?:o )?que (?:é que )?(?:você |tu )?(?:se |ainda )?(?:(?:lembra|recorda)s?(?: (?:sobre|de|do|da|dos|das))?|sabes? (?:sobre|de|do|da|dos|das))|você (?:se )?lembra(?: (?:de|do|da))?|"
    r"(?:o )?que (?:eu )?te (?:contei|disse|falei)(?: sobre)?|(?:procure|busque|pesquise) na (?:sua |minha )?memória(?: por)?|"
    r"что ты (?:ещё )?(?:помнишь|знаешь)(?: (?:о|об|обо|про))?|ты (?:ещё )?помнишь|что я (?:тебе )?(?:говорил|рассказывал)а?(?: тебе)?(?: (?:о|об|обо|про))?|"
    r"(?:поищи|найди|посмотри) в (?:своей )?памяти|вспомни"
    r")\b\s*(?P<query>.*?)\s*[.?!]*\s*$",
    re.IGNORECASE | re.DOTALL,
)
FORGET = re.compile(
    r"^\W*(?:please\s+|por favor,?\s+|пожалуйста,?\s+)?(?:forget(?: (?:that|about|what i (?:said|told you) about))?|"
    r"esqueça(?: (?:que|sobre|de|do|da|o que (?:eu )?disse sobre))?|забудь(?:те)?(?:,? (?:что|о|об|про))?)\b\s*(?P<query>\S.*?)\s*[.!]*\s*$",
    re.IGNORECASE | re.DOTALL,
)
ONESELF = re.compile(r"(?:me|myself|mim|eu|мне|меня)", re.IGNORECASE)
NOTHING = re.compile(r"(?:it|that|this|isso|isto|это|об этом)", re.IGNORECASE)
SHELLS = {"bash": "bash", "sh": "bash", "shell": "bash", "zsh": "bash", "console": "bash"}
LANGUAGES = SHELLS | {
    "python": "python", "py": "python", "python3": "python", "js": "node", "javascript": "node", "node": "node", "mjs": "node",
}  # fmt: skip
LOOKS_PYTHON = re.compile(r"\b(?:print\(|import |def |for .+ in .+:|lambda )|^\s*[\w.]+ = ", re.MULTILINE)
LOOKS_NODE = re.compile(r"\bconsole\.log\(|\bconst |\blet |=>|\brequire\(")
