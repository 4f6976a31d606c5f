"""What the demo's PubMed knows beside its articles: headings, where plain words are mapped to, words it lacks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from emulator.index import heading, plain


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What PubMed knows beside its articles.

    ``tree``: MeSH headings and the headings right below each. ``mapping``: automatic term mapping, from an untagged
    word or phrase to a heading (the headings of the tree map to themselves). ``unknown``: words and phrases missing
    from the index of terms; ``closed``: so is everything that no article contains (real PubMed is like that, but its
    index hardly changes from day to day, and that of a small literature does).
    """

    tree: Mapping[str, Sequence[str]] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    unknown: Collection[str] = ()
    closed: bool = False

    @cached_property
    def _narrower(self) -> dict[str, list[str]]:
        return {heading(name): [heading(part) for part in parts] for name, parts in self.tree.items()}

    @cached_property
    def _mapped(self) -> dict[str, str]:
        names = {*self.tree, *(part for parts in self.tree.values() for part in parts)}
        return {**{plain(name): name for name in names}, **{plain(word): name for word, name in self.mapping.items()}}

    @cached_property
    def _unknown(self) -> frozenset[str]:
        return frozenset(plain(text) for text in self.unknown)

    def maps(self, text: str) -> str:
        """The heading that an untagged text is mapped to, or ""."""
        return self._mapped.get(plain(text), "")

    def explode(self, name: str) -> set[str]:
        """A heading (as :func:`heading` writes it, perhaps with a qualifier) and all below it."""
        name, slash, qualifier = name.partition("/")
        found, wait = set[str](), [name]
        while wait:
            here = wait.pop()
            if here not in found:
                found.add(here)
                wait.extend(self._narrower.get(here, ()))
        return {f"{each}{slash}{qualifier}" for each in found}

    def lacks(self, text: str, hits: int) -> bool:
        """Whether this word or phrase is missing from the index of terms."""
        return plain(text) in self._unknown or (self.closed and not hits)
