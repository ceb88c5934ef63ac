"""What a person may want that tools can do without a language model."""

# ruff: noqa: RUF001  Russian and mathematical letters are meant

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

Kind = Literal[
    "tool", "code", "csv", "text_file", "other_file", "write", "edit", "note", "fetch", "search", "calculate", "list",
    "read", "help", "remember", "recall", "forget", "unknown",
]  # fmt: skip


class Intent(msgspec.Struct, frozen=True):
    """A kind of request and what was read out of it (`path`, `content`, `query`, ...)."""

    kind: Kind
    args: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])


HINT_EXAMPLES: Mapping[str, Sequence[str]] = {
    "code": (
        "Run this script for me", "Execute a shell command", "Can you run some Python?",
        "Rode este código", "Execute um comando", "Запусти код", "Выполни команду в терминале",
    ),
    "list": (
        "What is in my folder?", "Which documents do I have here?", "Show the directory",
        "O que há na minha pasta?", "Quais documentos existem aqui?", "Что лежит в папке?", "Какие у меня документы?",
    ),
    "read": (
        "What does the document say?", "Show me the text of the report", "Display that file",
        "O que diz o documento?", "Mostre o relatório", "Что написано в документе?", "Покажи текст отчёта",
    ),
    "search": (
        "Where is the word mentioned?", "Look for the phrase in my documents", "Which file talks about it?",
        "Onde a palavra aparece?", "Qual arquivo fala disso?", "Где упоминается слово?", "В каком файле это есть?",
    ),
    "write": (
        "Store this text in a file", "Keep my words as a document on disk",
        "Guarde este texto em um arquivo", "Положи этот текст в файл",
    ),
    "csv": (
        "Draw a chart of the sales", "Analyse the spreadsheet", "What is the total of the column?",
        "Faça um gráfico das vendas", "Analise a planilha", "Построй график продаж", "Посчитай сумму по столбцу",
    ),
    "fetch": (
        "Get the web page", "Download something from a website", "Baixe a página", "Скачай страницу с сайта",
    ),
    "recall": (
        "What do you know about me?", "What did I tell you about my family?", "Have we talked about this before?",
        "O que você sabe sobre mim?", "O que eu te contei sobre a viagem?", "Что ты знаешь обо мне?",
        "Что я рассказывал тебе о поездке?",
    ),
    "help": (
        "Hello", "Hi there", "What can you do?", "Help me", "Who are you?", "Are you an AI?", "Which model is this?",
        "Olá", "O que você sabe fazer?", "Ajuda", "Привет", "Что ты умеешь?", "Помощь", "Какая ты модель?",
    ),
    "unknown": (
        "Translate the sentence", "Write a poem about the sea", "Explain how engines work", "Who was Napoleon?",
        "Plan my holiday", "Give me advice", "Escreva um poema", "Explique a fotossíntese", "Quem foi Camões?",
        "Напиши стихотворение", "Объясни теорию", "Посоветуй фильм", "Fix the bug in my program", "Исправь ошибку",
    ),
}  # fmt: skip
"""Examples that tell what a request which fits no rule is probably about, to name the words that would work."""
