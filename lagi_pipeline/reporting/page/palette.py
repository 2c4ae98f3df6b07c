"""The colours of the page, light and dark, by what they are for. The test of their contrast reads them here."""

from __future__ import annotations

from collections.abc import Mapping

Palette = Mapping[str, str]

LIGHT: Palette = {
    "paper": "#f7f5f0",
    "card": "#ffffff",
    "sunken": "#efece4",
    "ink": "#1d2430",
    "muted": "#565e6b",
    "line": "#dcd7cb",
    "edge": "#7d7a72",
    "accent": "#a3161a",
    "gold": "#c9971c",
    "focus": "#0b57b0",
    "good": "#176b46",
    "bad": "#b3201f",
    "warn": "#8a4b00",
    "calm": "#2d5480",
    "idle": "#5d6573",
    "good_tint": "#e2f1e9",
    "bad_tint": "#fbe6e4",
    "warn_tint": "#fbeeda",
    "calm_tint": "#e4ecf6",
    "idle_tint": "#eceef1",
}
DARK: Palette = {
    "paper": "#14171c",
    "card": "#1d2128",
    "sunken": "#272c35",
    "ink": "#eceff4",
    "muted": "#a9b2c0",
    "line": "#363d48",
    "edge": "#7f8794",
    "accent": "#f08a80",
    "gold": "#d9b04a",
    "focus": "#8ab8ff",
    "good": "#6fce9f",
    "bad": "#ff9288",
    "warn": "#f2b45c",
    "calm": "#8db5e6",
    "idle": "#aab2bf",
    "good_tint": "#183a2a",
    "bad_tint": "#45201f",
    "warn_tint": "#3f2d12",
    "calm_tint": "#1e324b",
    "idle_tint": "#2c313a",
}
TEXT_ON = (
    *((text, ground) for text in ("ink", "muted", "accent", "focus") for ground in ("paper", "card", "sunken")),
    ("card", "accent"),
    *(
        (tone, ground)
        for tone in ("good", "bad", "warn", "calm", "idle")
        for ground in ("paper", "card", f"{tone}_tint")
    ),
)
"""Every colour of text with every ground that it stands on: at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
MARK_ON = (
    *(
        (mark, ground)
        for mark in ("good", "bad", "warn", "calm", "idle", "ink", "edge")
        for ground in ("card", "sunken")
    ),
    *(("focus", ground) for ground in ("paper", "card", "sunken")),
)
"""Every mark of a chart, and the ring of the focus, with its ground: at least 3 to 1 (WCAG 2.2, 1.4.11)."""


def variables() -> str:
    """Both palettes as CSS variables: dark where the system or the button asks for it, print always light."""
    dark = _declared(DARK)
    return (
        f":root{{color-scheme:light;{_declared(LIGHT)}}}"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}"
    )


def _declared(palette: Palette) -> str:
    return "".join(f"--{name.replace('_', '-')}:{colour};" for name, colour in palette.items())
