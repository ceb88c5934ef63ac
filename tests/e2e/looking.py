"""Pictures of screens, where somebody wants to look at them: ENTOURAGE_SCREENSHOTS names a folder."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import Page

PATIENCE_MS = 90_000
"""A machine that does many things at once is slow."""

_FOLDER = os.environ.get("ENTOURAGE_SCREENSHOTS")
_SIZES = {"wide": (1440, 900), "phone": (390, 844)}


async def picture(page: Page, name: str) -> None:
    """The screen as it is."""
    if _FOLDER:
        await page.screenshot(path=Path(_FOLDER) / f"{name}.png")


async def pictures(page: Page, name: str) -> None:
    """The screen in both themes and sizes."""
    if not _FOLDER:
        return
    for size, (width, height) in _SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        for theme in ("dark", "light"):
            await page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            await picture(page, f"{name}-{theme}-{size}")
    await page.evaluate("document.documentElement.dataset.theme = 'dark'")
    await page.set_viewport_size({"width": 1440, "height": 900})
