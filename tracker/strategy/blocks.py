"""The named parts of strategies in ``queries/blocks``: ``{name}`` in a strategy inserts one, in brackets."""

from __future__ import annotations

from pathlib import Path

from tracker.errors import Located
from tracker.searches.headers import SLUG, Mistakes, decode, did_you_mean, text_files
from tracker.strategy.source import Place, Sourced, StrategyError, assemble, strategy_lines

DEEPEST = 20  # blocks within blocks


class Blocks:
    """The named parts of strategies in ``queries/blocks``; each is read and resolved once."""

    def __init__(self, folder: Path, mistakes: Mistakes) -> None:
        self._files: dict[str, Path] = {}
        self._done: dict[str, Sourced] = {}
        self._bad: dict[str, StrategyError] = {}
        for path in text_files(folder):
            name = path.name[: -len(".txt")]
            if SLUG.fullmatch(name):
                self._files[name] = path
            else:
                mistakes.add(f"{name!r} is not a name for a block: small letters a-z, digits, hyphens", path)
        for name, path in self._files.items():
            try:
                self.get(name, Place(path, 0, 0))
            except StrategyError as error:
                mistakes.keep(error)

    def get(self, name: str, place: Place, inside: tuple[str, ...] = ()) -> Sourced:
        """The block's text with its own insertions made; raises :class:`StrategyError` where the mistake is.

        ``inside`` are the blocks that are being inserted just now, outermost first.
        """
        if name in inside:
            circle = " -> ".join(f"{{{part}}}" for part in (*inside[inside.index(name) :], name))
            raise StrategyError(f"this block inserts itself: {circle}", *place)
        if len(inside) >= DEEPEST:
            raise StrategyError(f"blocks are inserted into blocks more than {DEEPEST} deep", *place)
        if name not in self._files:
            raise StrategyError(f"there is no block {{{name}}}{did_you_mean(name, tuple(self._files))}", *place)
        if name in self._bad:
            raise self._bad[name]
        if name not in self._done:
            try:
                self._done[name] = self._read(name, inside)
            except StrategyError as error:
                self._bad[name] = error
                raise
        return self._done[name]

    def _read(self, name: str, inside: tuple[str, ...]) -> Sourced:
        path = self._files[name]
        try:
            said = strategy_lines(decode(path), path)
        except Located as error:
            raise StrategyError(error.message, error.path, error.line, error.column) from error
        if not said:
            raise StrategyError("this block is empty", path)
        return assemble(said, lambda part, at: self.get(part, at, (*inside, name)))
