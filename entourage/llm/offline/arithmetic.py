"""Arithmetic without running anything: a small evaluator over Python's syntax tree."""

# ruff: noqa: RUF001  Russian and mathematical letters are meant

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable
from decimal import Decimal, DecimalException, InvalidOperation, localcontext

_LONGEST_LETTERS = 200
_DIGITS = 40
_LARGEST_POWER = 1_000

_BINARY: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: operator.mod,
}
_FUNCTIONS: dict[str, Callable[[Decimal], Decimal]] = {
    "sqrt": lambda x: x.sqrt(),
    "abs": abs,
    "round": lambda x: x.to_integral_value(),
    "ln": lambda x: x.ln(),
    "log": lambda x: x.log10(),
    "exp": lambda x: x.exp(),
}
_NAMES = {"pi": Decimal(repr(math.pi)), "e": Decimal(1).exp()}

_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "^": "**", "√": " sqrt "})
_PERCENT_OF = re.compile(r"([\d.]+)\s*%\s*(?:of|de|do|da|от)\s*([\d.]+)", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d)[,\u00a0'](?=\d{3}\b)")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")


def evaluate(expression: str) -> str | None:
    """The value of an arithmetic expression as text, e.g. `"0.3"` for `0.1 + 0.2`; None when it is not one.

    Knows + - * / // % ** ( ), "15% of 80", sqrt, abs, round, ln, log, exp, pi and e. Raises ZeroDivisionError.
    """
    text = _plain(expression)
    if len(text) > _LONGEST_LETTERS or not re.search(r"\d|\bpi\b", text):
        return None
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        with localcontext() as context:
            context.prec = _DIGITS
            return _shown(_value(tree))
    except (SyntaxError, ValueError, KeyError, RecursionError, MemoryError):
        return None
    except InvalidOperation as error:
        raise ZeroDivisionError(expression) from error
    except DecimalException as error:
        if isinstance(error, ZeroDivisionError):
            raise
        return None


def _plain(expression: str) -> str:
    text = _PERCENT_OF.sub(r"(\1/100*\2)", expression.translate(_SIGNS))
    text = _DECIMAL_COMMA.sub(".", _THOUSANDS.sub("", text))
    return re.sub(r"sqrt\s+([\d.]+)", r"sqrt(\1)", text)


def _value(node: ast.expr) -> Decimal:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return Decimal(repr(number))
        case ast.Name(id=name):
            return _NAMES[name]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=inner):
            return -_value(inner) if isinstance(sign, ast.USub) else _value(inner)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left), _value(right))
        case ast.BinOp(left=left, op=sign, right=right):
            return _BINARY[type(sign)](_value(left), _value(right))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
            return _FUNCTIONS[name](_value(argument))
        case _:
            raise ValueError(ast.dump(node))


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if abs(exponent) > _LARGEST_POWER:
        raise ValueError("the power is too large")
    return base**exponent


def _shown(value: Decimal) -> str:
    rounded = value.normalize(None) if value == value.to_integral_value() else round(value, 12).normalize()
    if not rounded.is_finite():
        raise ZeroDivisionError("not a finite number")
    return f"{rounded:f}" if abs(rounded.adjusted()) < _DIGITS else f"{rounded:E}"
