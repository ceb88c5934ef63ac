"""About how many tokens a text has, without a tokenizer: what children cut by before the embedder itself counts."""

from __future__ import annotations

import re
from math import ceil

LETTERS_A_TOKEN = 3.0
"""English has some four letters a token, Portuguese and Russian three and a half, code and figures about three."""


_WIDE = re.compile("[\u0800-\U0010ffff]+")


def estimated_tokens(text: str, *, times: float = 1.0) -> int:
    """An estimate that is rather too high. Letters of three bytes and more (Chinese, emoji) count one token each."""
    letters = len(text)
    wide = 0 if text.isascii() else letters - len(_WIDE.sub("", text))
    return ceil(times * ((letters - wide) / LETTERS_A_TOKEN + wide))
