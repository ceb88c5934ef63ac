"""What the offline model says, in English, Portuguese and Russian."""

# ruff: noqa: RUF001, E501  Russian and mathematical letters are meant

from __future__ import annotations

from collections.abc import Mapping

from entourage.llm.offline.situation import Language

_CAN: Mapping[Language, str] = {
    "en": (
        "- **Run code**: a code block, or ``run `ls -la` ``\n"
        "- **Calculate**: `calculate 17% of 2400`\n"
        "- **Files**: `list files`, `read notes.txt`, `search for invoice`, `write hello to notes.txt`,"
        " `replace 'old' with 'new' in notes.txt`\n"
        "- **Data**: attach a CSV and I profile it, chart it and give you a table\n"
        "- **Web**: `fetch https://example.com`\n"
        "- **Notes**: `make a note: buy milk`\n"
        "- **Memory**: `remember that my cat is called Murr`, `what do you remember about my cat?`"
    ),
    "pt": (
        "- **Executar código**: um bloco de código, ou ``execute `ls -la` ``\n"
        "- **Calcular**: `calcule 17% de 2400`\n"
        "- **Arquivos**: `liste os arquivos`, `leia notas.txt`, `procure por fatura`, `escreva olá em notas.txt`,"
        " `substitua 'velho' por 'novo' em notas.txt`\n"
        "- **Dados**: anexe um CSV e eu descrevo as colunas, faço um gráfico e uma tabela\n"
        "- **Web**: `baixe https://example.com`\n"
        "- **Notas**: `crie uma nota: comprar leite`\n"
        "- **Memória**: `lembre que o meu gato se chama Murr`, `o que você lembra sobre o meu gato?`"
    ),
    "ru": (
        "- **Запустить код**: блок кода или ``выполни `ls -la` ``\n"
        "- **Посчитать**: `посчитай 17% от 2400`\n"
        "- **Файлы**: `покажи файлы`, `прочитай notes.txt`, `найди счёт`, `запиши привет в notes.txt`,"
        " `замени 'старое' на 'новое' в notes.txt`\n"
        "- **Данные**: приложите CSV, и я опишу столбцы, построю график и таблицу\n"
        "- **Веб**: `скачай https://example.com`\n"
        "- **Заметки**: `создай заметку: купить молоко`\n"
        "- **Память**: `запомни, что моего кота зовут Мурр`, `что ты помнишь о моём коте?`"
    ),
}

_PHRASES: Mapping[str, Mapping[Language, str]] = {
    "honest": {
        "en": "I am the built-in **offline** model. I am **not a language model**: I cannot think, write or reason about"
        " your request. To have a real team, connect a model: open **Models** in the settings and add a provider.",
        "pt": "Sou o modelo **offline** embutido. **Não sou um modelo de linguagem**: não sei pensar, redigir nem"
        " raciocinar sobre o seu pedido. Para ter uma equipe de verdade, conecte um modelo: abra **Modelos** nas"
        " configurações e adicione um provedor.",
        "ru": "Я встроенная **офлайн**-модель. Я **не языковая модель**: не умею думать, сочинять и рассуждать о вашем"
        " запросе. Чтобы получить настоящую команду, подключите модель: откройте **Модели** в настройках и добавьте"
        " провайдера.",
    },
    "footer": {
        "en": "_Done by the built-in offline model, which is no language model. Connect one under **Models**._",
        "pt": "_Feito pelo modelo offline embutido, que não é um modelo de linguagem. Conecte um em **Modelos**._",
        "ru": "_Сделано встроенной офлайн-моделью; это не языковая модель. Подключить её можно в разделе **Модели**._",
    },
    "can": {
        "en": "What I can do is run tools by plain rules:\n\n{list}",
        "pt": "O que sei fazer é acionar ferramentas por regras simples:\n\n{list}",
        "ru": "Зато я запускаю инструменты по простым правилам:\n\n{list}",
    },
    "perhaps": {
        "en": "It sounds as if you want one of these: {hint}.",
        "pt": "Parece que você quer algo como: {hint}.",
        "ru": "Похоже, вам нужно что-то такое: {hint}.",
    },
    "no_tool": {
        "en": "For this I would need the tool `{tool}`, but this agent is not allowed to use it.",
        "pt": "Para isto eu precisaria da ferramenta `{tool}`, mas este agente não tem permissão para usá-la.",
        "ru": "Для этого нужен инструмент `{tool}`, но этому агенту он не разрешён.",
    },
    "failed": {
        "en": "`{tool}` failed:\n\n{output}",
        "pt": "`{tool}` falhou:\n\n{output}",
        "ru": "`{tool}` завершился с ошибкой:\n\n{output}",
    },
    "code": {
        "en": "I ran your {language} code. It gave:\n\n{output}",
        "pt": "Executei o seu código {language}. O resultado:\n\n{output}",
        "ru": "Я выполнил ваш код ({language}). Результат:\n\n{output}",
    },
    "list": {
        "en": "The files in `{path}`:\n\n{output}",
        "pt": "Os arquivos em `{path}`:\n\n{output}",
        "ru": "Файлы в `{path}`:\n\n{output}",
    },
    "read": {"en": "`{path}`:\n\n{output}", "pt": "`{path}`:\n\n{output}", "ru": "`{path}`:\n\n{output}"},
    "search": {
        "en": "What I found for “{query}”:\n\n{output}",
        "pt": "O que encontrei para “{query}”:\n\n{output}",
        "ru": "Вот что нашлось по запросу «{query}»:\n\n{output}",
    },
    "write": {
        "en": "I wrote {count} characters to `{path}`.",
        "pt": "Gravei {count} caracteres em `{path}`.",
        "ru": "Записано символов в `{path}`: {count}.",
    },
    "edit": {
        "en": "I replaced `{old}` with `{new}` in `{path}`.",
        "pt": "Substituí `{old}` por `{new}` em `{path}`.",
        "ru": "В `{path}` заменено: `{old}` на `{new}`.",
    },
    "note": {
        "en": "The note **{title}** is saved as an artifact.",
        "pt": "A nota **{title}** foi salva como artefato.",
        "ru": "Заметка **{title}** сохранена как артефакт.",
    },
    "fetch": {
        "en": "This is what {url} answered:\n\n{output}",
        "pt": "Isto é o que {url} respondeu:\n\n{output}",
        "ru": "Вот ответ {url}:\n\n{output}",
    },
    "remember": {
        "en": "I will remember that:\n\n> {text}",
        "pt": "Vou me lembrar disto:\n\n> {text}",
        "ru": "Запомнил:\n\n> {text}",
    },
    "recall": {
        "en": "This is what I remember:\n\n{output}",
        "pt": "Isto é o que lembro:\n\n{output}",
        "ru": "Вот что я помню:\n\n{output}",
    },
    "forget": {
        "en": "I looked for what to forget about “{query}”:\n\n{output}",
        "pt": "Procurei o que esquecer sobre “{query}”:\n\n{output}",
        "ru": "Вот что сделано по просьбе забыть «{query}»:\n\n{output}",
    },
    "reminded": {
        "en": "I cannot think about this without a language model, but memory holds something that may answer it:\n\n{output}",
        "pt": "Sem um modelo de linguagem não sei pensar sobre isto, mas a memória guarda algo que talvez responda:\n\n{output}",
        "ru": "Без языковой модели я не могу над этим подумать, но в памяти есть то, что может ответить:\n\n{output}",
    },
    "tool": {
        "en": "`{name}` answered:\n\n{output}",
        "pt": "`{name}` respondeu:\n\n{output}",
        "ru": "`{name}` ответил:\n\n{output}",
    },
    "calculate": {
        "en": "{expression} = **{value}**",
        "pt": "{expression} = **{value}**",
        "ru": "{expression} = **{value}**",
    },
    "undefined": {
        "en": "{expression} has no value (a division by zero, for instance).",
        "pt": "{expression} não tem valor (uma divisão por zero, por exemplo).",
        "ru": "У {expression} нет значения (например, деление на ноль).",
    },
    "text_file": {
        "en": "`{path}`: {lines} lines, {words} words, {letters} characters{partly}. It begins:\n\n{output}",
        "pt": "`{path}`: {lines} linhas, {words} palavras, {letters} caracteres{partly}. Começa assim:\n\n{output}",
        "ru": "`{path}`: строк {lines}, слов {words}, символов {letters}{partly}. Начало:\n\n{output}",
    },
    "partly": {
        "en": " in the part I read",
        "pt": " na parte que li",
        "ru": " в прочитанной части",
    },
    "other_file": {
        "en": "I have the file `{path}`, but I cannot look into this kind of file.",
        "pt": "Recebi o arquivo `{path}`, mas não sei ver este tipo de arquivo.",
        "ru": "Файл `{path}` получен, но заглянуть в файл такого типа я не умею.",
    },
    "csv_start": {
        "en": "I will profile `{path}` with a small program.",
        "pt": "Vou analisar `{path}` com um pequeno programa.",
        "ru": "Разберу `{path}` небольшой программой.",
    },
    "csv_broken": {
        "en": "I could not make sense of `{path}`. The program said:\n\n{output}",
        "pt": "Não consegui entender `{path}`. O programa disse:\n\n{output}",
        "ru": "Не удалось разобрать `{path}`. Программа сообщила:\n\n{output}",
    },
    "csv_report": {
        "en": "`{path}` has **{rows} rows** and **{columns} columns**.",
        "pt": "`{path}` tem **{rows} linhas** e **{columns} colunas**.",
        "ru": "В `{path}` строк: **{rows}**, столбцов: **{columns}**.",
    },
    "csv_number": {
        "en": "- **{name}**: total {sum}, mean {mean}, from {min} to {max}",
        "pt": "- **{name}**: total {sum}, média {mean}, de {min} a {max}",
        "ru": "- **{name}**: сумма {sum}, среднее {mean}, от {min} до {max}",
    },
    "csv_text": {
        "en": "- **{name}**: {distinct} different values, most often “{top}”",
        "pt": "- **{name}**: {distinct} valores diferentes, o mais comum é “{top}”",
        "ru": "- **{name}**: разных значений {distinct}, чаще всего «{top}»",
    },
    "csv_groups": {
        "en": "The largest by **{label}**:",
        "pt": "Os maiores por **{label}**:",
        "ru": "Самые большие по **{label}**:",
    },
    "csv_rows": {"en": "rows", "pt": "linhas", "ru": "строк"},
    "csv_artifacts": {
        "en": "The chart and the table of all columns are beside this chat.",
        "pt": "O gráfico e a tabela de todas as colunas estão ao lado desta conversa.",
        "ru": "График и таблица по всем столбцам открыты рядом с чатом.",
    },
    "chart_title": {"en": "Chart of {name}", "pt": "Gráfico de {name}", "ru": "График {name}"},
    "summary_title": {"en": "Columns of {name}", "pt": "Colunas de {name}", "ru": "Столбцы {name}"},
    "empty": {"en": "(no output)", "pt": "(sem saída)", "ru": "(ничего не выведено)"},
    "cut": {"en": "(… cut here)", "pt": "(… cortado aqui)", "ru": "(… здесь обрезано)"},
}

_HINTS: Mapping[str, str] = {
    "code": "run `ls`", "list": "list files", "read": "read notes.txt", "search": "search for invoice",
    "write": "write hello to notes.txt", "csv": "+ CSV", "fetch": "fetch https://example.com",
    "recall": "what do you remember about my cat?",
}  # fmt: skip


def phrase(key: str, language: Language, /, **values: object) -> str:
    """The phrase `key` with its blanks filled in."""
    return _PHRASES[key][language].format(**values)


def abilities(language: Language) -> str:
    """What the offline model can do, as a list with example words."""
    return phrase("can", language, list=_CAN[language])


def hint_for(kind: str) -> str | None:
    """Words that would have worked for this kind of request."""
    return _HINTS.get(kind)
