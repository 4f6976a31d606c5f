"""The field tags of PubMed that the demo understands, and the names PubMed gives them in its translation."""

from __future__ import annotations

# field: (name in the translation, every way to write the tag, in lower case)
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "ti": ("Title", ("ti", "titl", "title")),
    "tiab": ("Title/Abstract", ("tiab", "title/abstract")),
    "ab": ("Abstract", ("ab", "abstract")),
    "ot": ("Other Term", ("ot", "other term")),
    "tw": ("Text Word", ("tw", "word", "text word")),
    "all": ("All Fields", ("all", "all fields")),
    "mh": ("MeSH Terms", ("mh", "mesh", "mesh terms", "mesh:exp", "mh:exp")),
    "mh:noexp": ("MeSH Terms:noexp", ("mh:noexp", "mesh:noexp", "mesh terms:noexp")),
    "majr": ("MeSH Major Topic", ("majr", "mesh major topic")),
    "majr:noexp": ("MeSH Major Topic:noexp", ("majr:noexp", "mesh major topic:noexp")),
    "sh": ("MeSH Subheading", ("sh", "subh", "subheading", "mesh subheading")),
    "pt": ("Publication Type", ("pt", "ptyp", "publication type")),
    "la": ("Language", ("la", "lang", "language")),
    "au": ("Author", ("au", "auth", "author", "fau", "full", "full author name")),
    "1au": ("Author - First", ("1au", "first author name", "author - first")),
    "lastau": ("Author - Last", ("lastau", "last author name", "author - last")),
    "ta": ("Journal", ("ta", "jour", "journal")),
    "dp": ("Date - Publication", ("dp", "pdat", "ppdt", "epdt", "date - publication", "publication date")),
    "crdt": ("Date - Create", ("crdt", "date - create", "create date")),
    "edat": ("Date - Entry", ("edat", "date - entry", "entry date", "mhda")),
    "mdat": ("Date - Modification", ("mdat", "lr", "date - modification", "modification date")),
    "pmid": ("UID", ("pmid", "uid")),
    "aid": ("Location ID", ("aid", "lid", "doi", "location id")),
    "pmc": ("PMCID", ("pmc", "pmcid")),
    "filter": ("Filter", ("filter", "sb", "subset", "text")),
}
DATES = frozenset({"dp", "crdt", "edat", "mdat"})
WORDS = frozenset({"ti", "tiab", "ab", "ot", "tw", "all"})
PEOPLE = frozenset({"au", "1au", "lastau"})

# Fields that PubMed has and the demo's articles do not fill: nothing matches.
UNFILLED = frozenset(
    [
        "ad",
        "affl",
        "auid",
        "book",
        "cn",
        "cois",
        "dcom",
        "ecno",
        "ed",
        "gr",
        "ip",
        "ir",
        "is",
        "isbn",
        "issn",
        "jid",
        "nm",
        "pa",
        "pg",
        "pl",
        "ps",
        "pubn",
        "rn",
        "si",
        "so",
        "tt",
        "vi",
        "vol",
    ]
)
TAGS = {way: field for field, (_, ways) in FIELDS.items() for way in ways}

LANGUAGES = {
    "english": "eng",
    "german": "ger",
    "french": "fre",
    "spanish": "spa",
    "portuguese": "por",
    "italian": "ita",
    "dutch": "dut",
    "chinese": "chi",
    "japanese": "jpn",
    "korean": "kor",
    "polish": "pol",
    "russian": "rus",
    "turkish": "tur",
    "norwegian": "nor",
    "swedish": "swe",
    "danish": "dan",
    "finnish": "fin",
    "czech": "cze",
    "hungarian": "hun",
    "persian": "per",
    "arabic": "ara",
}


def canonical(tag: str) -> str:
    """The field a tag means: a key of :data:`FIELDS`, a member of :data:`UNFILLED`, or "" for a tag PubMed lacks."""
    name = ":".join(" ".join(part.split()) for part in tag.casefold().split(":"))
    return TAGS.get(name, name if name in UNFILLED else "")
