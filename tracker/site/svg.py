"""Bar charts as SVG, made here and not in the browser: real text, no script, colours from the style sheet.

A picture is 320 units wide, about as many pixels as it has on a phone, so that its text can be read there. It says of
itself what it shows (``title``, ``desc``); every bar has its number as a title for the mouse, and the page has all
numbers in a table. A bar whose time is not over is drawn open, not in another colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 320, 168
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 20, 26
GRID_LINES = 4
ROW, ROW_BAR, ROW_NUMBER = 38, 12, 58  # height of a row, of its bar, and the room for its number
EDGE = 22  # a text in the middle of a bar nearer to the edge than this would be cut

HEAD = Markup(
    '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{name}-title {name}-desc">\n'
    '<title id="{name}-title">{title}</title>\n<desc id="{name}-desc">{desc}</desc>\n'
)
LINE = Markup('<line class="{kind}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>\n')
RECT = Markup('<rect class="{kind}" x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"><title>{title}</title></rect>\n')
TEXT = Markup('<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{text}</text>\n')
HATCH = Markup(
    '<defs><pattern id="{name}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" class="hatch"/></pattern></defs>\n'
)
UNCOVERED = Markup(
    '<rect class="uncovered" fill="url(#{name}-hatch)" x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}">'
    "<title>{label}: not searched</title></rect>\n"
)
END = Markup("</svg>")


@dataclass(frozen=True, slots=True)
class Bar:
    """``label`` names it in full, ``tick`` is written at the axis ('' for none); ``open``: its time is not over."""

    label: str
    number: int
    tick: str = ""
    open: bool = False
    covered: bool = True  # False: its time was not searched; hatched, and no number is told for it

    @property
    def words(self) -> str:
        """What is told of it; a time that was not searched and has no papers has no number, least of all zero."""
        if self.covered:
            return f"{self.label}: {self.number:,}"
        return f"{self.label}: {self.number:,}, not searched in full" if self.number else f"{self.label}: not searched"


def columns(name: str, title: str, desc: str, bars: Sequence[Bar]) -> Markup:
    """Upright bars with an axis of numbers; ``name`` (letters, digits, hyphens) is no other picture's on the page."""
    highest = max((bar.number for bar in bars), default=0)
    peak = max((bar.number for bar in bars if not bar.open), default=0)  # a time that is not over is never the peak
    step = grid_step(highest)
    top = step * max(-(-highest // step), 1)
    scale = (HEIGHT - TOP - BOTTOM) / top
    width = (WIDTH - LEFT - RIGHT) / max(len(bars), 1)
    head = HEAD.format(w=WIDTH, h=HEIGHT, name=name, title=title, desc=desc)
    return head + Markup("").join([*_grid(step, top, scale), *_upright(bars, peak, scale, width, name)]) + END


def grid_step(highest: int) -> int:
    """1, 2 or 5 times a power of ten, so that at most ``GRID_LINES`` of them reach ``highest``."""
    step = 1
    while step * GRID_LINES < highest:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step


def _grid(step: int, top: int, scale: float) -> Iterator[Markup]:
    for number in range(0, top + 1, step):
        y = HEIGHT - BOTTOM - number * scale
        kind = "grid" if number else "base"
        yield LINE.format(kind=kind, x1=LEFT, y1=round(y, 1), x2=WIDTH - RIGHT, y2=round(y, 1))
        yield TEXT.format(kind="axis", x=LEFT - 6, y=round(y + 4, 1), anchor="end", text=f"{number:,}")


def _upright(bars: Sequence[Bar], peak: int, scale: float, width: float, name: str) -> Iterator[Markup]:
    gap = min(width * 0.25, 4)
    told = False
    if not all(bar.covered for bar in bars):
        yield HATCH.format(name=name)
    for place, bar in enumerate(bars):
        x, height = LEFT + place * width, bar.number * scale
        y, middle = HEIGHT - BOTTOM - height, round(x + width / 2, 1)
        if not bar.covered:
            yield UNCOVERED.format(
                name=name, x=round(x, 1), y=TOP, w=round(width, 1), h=HEIGHT - TOP - BOTTOM, label=bar.label
            )
        yield RECT.format(
            kind="bar open" if bar.open else "bar", x=round(x + gap / 2, 1), y=round(y, 1),
            w=round(width - gap, 1), h=round(height, 1), title=bar.words,
        )  # fmt: skip
        if bar.number == peak > 0 and not bar.open and not told:
            told = True
            yield TEXT.format(kind="value", **_placed(middle), y=round(y - 5, 1), text=f"{bar.number:,}")
        if bar.tick:
            yield TEXT.format(kind="axis", **_placed(middle), y=HEIGHT - 8, text=bar.tick)


def _placed(middle: float) -> dict[str, object]:
    """Under the middle of its bar, or at the edge of the picture where it would be cut."""
    if middle > WIDTH - EDGE:
        return {"x": WIDTH - 2, "anchor": "end"}
    return {"x": middle, "anchor": "middle"}


def rows(name: str, title: str, desc: str, bars: Sequence[Bar]) -> Markup:
    """Lying bars, each under its label and with its number behind it."""
    highest = max((bar.number for bar in bars), default=0) or 1
    parts = []
    for place, bar in enumerate(bars):
        y = place * ROW
        width = max(bar.number / highest * (WIDTH - ROW_NUMBER), 1)
        parts += [
            TEXT.format(kind="label", x=0, y=y + 14, anchor="start", text=bar.label),
            RECT.format(kind="bar", x=0, y=y + 20, w=round(width, 1), h=ROW_BAR, title=f"{bar.label}: {bar.number:,}"),
            TEXT.format(kind="value", x=round(width + 6, 1), y=y + 31, anchor="start", text=f"{bar.number:,}"),
        ]
    head = HEAD.format(w=WIDTH, h=max(len(bars), 1) * ROW, name=name, title=title, desc=desc)
    return head + Markup("").join(parts) + END
