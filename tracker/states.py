"""What can happen to a paper: one row a state, and everything that is said of it anywhere.

A state is an event of a paper (preprint, published, corrected, expression of concern, retracted, withdrawn). To add
one: a row here, the rule that reads it from a source's record or notice, and nothing else; the checks of the databases
are made from this table.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state. ``code`` is its word in databases, addresses and files; the rest is what readers see.

    ``grave``: a reader has to know it before anything else. ``prefix`` stands before the title of such a paper wherever
    the title leaves the program; '' where the title stays as it is. ``notice`` is the kind of notice that brings it.
    """

    code: str
    title: str  # on a badge: Expression of concern
    happened: str  # begins a sentence of a timeline
    became: str  # "2 under an expression of concern"
    one: str  # paper with an expression of concern
    many: str
    grave: bool = True
    prefix: str = ""
    notice: str = ""

    @property
    def words(self) -> str:
        """As it stands in a screening list: the badge in small letters."""
        return self.title.lower()


RETRACTED = State(
    code="retracted", title="Retracted", happened="Retracted", became="retracted", one="retracted paper",
    many="retracted papers", prefix="RETRACTED", notice="retraction",
)  # fmt: skip
WITHDRAWN = State(
    code="withdrawn", title="Withdrawn", happened="Withdrawn", became="withdrawn", one="withdrawn paper",
    many="withdrawn papers", prefix="WITHDRAWN",
)  # fmt: skip
CONCERN = State(
    code="concern", title="Expression of concern", happened="An expression of concern was published",
    became="under an expression of concern", one="paper with an expression of concern",
    many="papers with an expression of concern", prefix="EXPRESSION OF CONCERN", notice="concern",
)  # fmt: skip
CORRECTED = State(
    code="corrected", title="Corrected", happened="Corrected", became="corrected", one="corrected paper",
    many="corrected papers", notice="erratum",
)  # fmt: skip
PUBLISHED = State(
    code="published", title="Published", happened="Published", became="published after a preprint",
    one="preprint that has been published", many="preprints that have been published", grave=False,
)  # fmt: skip
PREPRINT = State(
    code="preprint", title="Preprint", happened="Posted as a preprint", became="posted as a preprint",
    one="preprint", many="preprints", grave=False,
)  # fmt: skip

# What follows the word where it is said of the paper: not any word, for "Withdrawn adolescents: a study" or
# "Withdrawn-like behaviour" says nothing of it.
SAYS_SO = r"(?: (?:article|paper|preprint|manuscript|chapter|publication))?\W*?(?:[:.–—]|\s-\s)"

# The gravest first: the first of its events is the state of a paper.
STATES = (RETRACTED, WITHDRAWN, CONCERN, CORRECTED, PUBLISHED, PREPRINT)
BY_CODE = {state.code: state for state in STATES}
CODES = tuple(BY_CODE)
GRAVE = tuple(state.code for state in STATES if state.grave)
CHANGES = tuple(
    state.code for state in STATES if state is not PREPRINT
)  # what can befall a paper that is known already


def gravest(codes: Collection[str]) -> str:
    """The gravest of these codes; ``published`` where there is none: a paper of which nothing is known is out."""
    return next((code for code in CODES if code in codes), PUBLISHED.code)


def words(code: str) -> str:
    """A state as it stands in a list or a table; a code that is none stands for itself."""
    return BY_CODE[code].words if code in BY_CODE else code


def prefixed(code: str, title: str) -> str:
    """The title of a paper in this state as it leaves the program: ``RETRACTED: The title``."""
    return marked(BY_CODE[code].prefix, title) if code in BY_CODE else title


def marked(prefix: str, title: str) -> str:
    """``PREFIX: Title``; a title that says so already (``Retracted article: ...``) stays as it is."""
    says_so = re.match(rf"\W*{prefix}{SAYS_SO}", title, re.IGNORECASE)
    return title if not prefix or says_so else f"{prefix}: {title}"


def unmarked(title: str) -> str:
    """The title without a mark that :func:`prefixed` or a publisher has put before it, so that both sides compare."""
    prefixes = "|".join(state.prefix for state in STATES if state.prefix)
    return re.sub(rf"^\W*(?:{prefixes}){SAYS_SO}\s*", "", title, flags=re.IGNORECASE) or title


def sql_codes(codes: Iterable[str] = CODES) -> str:
    """``'retracted', 'withdrawn', ...`` for ``in (...)``."""
    return ", ".join(f"'{code}'" for code in codes)


def sql_gravity(column: str) -> str:
    """An expression that gives the place of a code in ``CODES``: the smaller, the graver."""
    cases = " ".join(f"when '{code}' then {place}" for place, code in enumerate(CODES))
    return f"case {column} {cases} end"
