"""The word lists of the deduplicator. General words of health research and of bibliographic records, nothing more."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The words of a list written as one text."""
    return tuple(text.split())


def grouped(text: str) -> tuple[tuple[str, ...], ...]:
    """The groups of a list written as one text, groups separated by commas."""
    return tuple(listed(group) for group in text.split(","))


GREEK = listed("""
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi
    psi omega
""")

STOP = frozenset(
    listed("""
    a an the of in on for and or to with by from at as is are be its their de la le les des du et en un una el los
    las y der die das und von im zur s via versus vs
    """)
)

# Too frequent in titles to tell papers apart.
EVERYDAY = frozenset(
    listed("""
    study studies analysis review systematic meta trial trials randomized randomised controlled clinical cohort
    longitudinal cross sectional prospective retrospective pilot survey protocol report case cases series effect
    effects effectiveness efficacy impact influence role use using used based patients patient people adults adult
    older children adolescents adolescent young women men health mental disease diseases disorder disorders
    syndrome treatment treatments therapy therapies intervention interventions management care outcome outcomes
    risk factors factor associated association associations relationship between among during after before
    evaluation assessment comparison comparative evidence research development results following acute chronic
    severe improve improves improved increased increase reduced reduces reduction levels level different
    differences response responses function activity expression induced mediated related model models human early
    long term short life quality social covid pandemic hospital primary prevention prevalence population national
    international community symptoms depression anxiety new high low
    """)
)

# Words that make two titles two papers when one stands where the other stands in the other title.
_OPPOSED = tuple(
    frozenset(group)
    for group in grouped("""
    man woman, men women, male female, males females, boys girls, boy girl, mothers fathers, mother father, maternal
    paternal, sons daughters, husbands wives, brothers sisters, increase decrease, increase reduction, increases
    decreases, increases reduces, increased decreased, increased reduced, acute chronic, left right, upper lower,
    high low, higher lower, with without, before after during, rural urban, young old, younger older, children
    adolescents adults, child adolescent adult, positive negative, early late, anterior posterior, proximal distal,
    systolic diastolic, medial lateral, short long, rats mice rabbits dogs pigs monkeys humans, rat mouse rabbit dog
    pig monkey human, vitro vivo, northern southern eastern western, north south east west, summer winter spring
    autumn, first second third fourth fifth, primary secondary tertiary, protocol results, protocol findings, nurses
    physicians, nurses doctors, patients caregivers, students teachers, parents children, survivors caregivers,
    employed unemployed, baseline follow, baseline followup, january february march april june july august september
    october november december, minor major, mild moderate severe, univariate multivariate, direct indirect, active
    passive, cases controls
    """)
)
OPPOSED = {
    word: frozenset(other for group in _OPPOSED if word in group for other in group) - {word}
    for word in frozenset().union(*_OPPOSED)
}
OPPOSED_BEGINNINGS = grouped("""
    hypo hyper, intra inter, pre post, in out, micro macro, under over, endo exo, mono poly, uni bi, anti pro, sub
    super, extra intra, normo hyper, normo hypo, ortho meta
""")

# Languages as Embase and PubMed write them in brackets behind a title.
LANGUAGES = grouped("""
    afrikaans, albanian, arabic, armenian, azerbaijani, basque, bosnian, bulgarian, catalan, chinese, croatian,
    czech, danish, dutch, english, estonian, finnish, flemish, french, galician, georgian, german, greek, hebrew,
    hindi, hungarian, icelandic, indonesian, irish, italian, japanese, korean, latvian, lithuanian, macedonian,
    malay, moldavian, multiple languages, norwegian, persian, polish, portuguese, romanian, russian, serbian,
    slovak, slovene, slovenian, spanish, swedish, thai, turkish, ukrainian, vietnamese
""")

SPELLED = {
    word: str(number)
    for number, word in enumerate(listed("two three four five six seven eight nine ten eleven twelve"), 2)
}
ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
LETTERED = {letter: str(number) for number, letter in enumerate("abcdef", 1)}  # Part A
ROMAN_AFTER = {"i": "1", "v": "5", "x": "10"}
# Words a number belongs to: ``Part I``, ``wave one``.
COUNTED = frozenset(
    listed("part parts phase wave study stage section chapter volume type class grade paper round experiment")
)

# The names of one disease and its virus, which titles use for each other; their numbers count nothing.
COVID = tuple(
    " ".join(name)
    for name in grouped("""
    severe acute respiratory syndrome coronavirus 2, 2019 novel coronavirus disease, novel coronavirus disease 2019,
    coronavirus disease 2019, corona virus disease 2019, coronavirus disease 19, 2019 novel coronavirus,
    novel coronavirus 2019, novel 2019 coronavirus, 2019 ncov, sars cov 2, sars cov2, sarscov2, covid 19, covid19
    """)
)

# Words that make of a title another paper by the same people: its plan, its pilot, a comment on it.
OTHER_PAPER = frozenset(
    listed("""
    protocol rationale design commentary comment comments reply response editorial erratum correction summary abridged
    appendix supplement update updated part pilot preliminary feasibility phase wave retraction letter
    """)
)

# Parts of surnames that sources move, join or drop.
PARTICLES = frozenset(
    listed("""
    van von de der den del della di da das dos du la le el al bin ibn ter ten te zu zur zum af av st y e
    """)
)
SUFFIXES = frozenset(listed("jr sr ii iii iv 2nd 3rd"))

# Small words of journal names, dropped by abbreviations.
SMALL = frozenset(
    listed("""
    the of and in for on to a an de la le les du des et der die das und fur zur e y i o del di dei degli della delle per
    para con da do dos das voor van het och og w z na
    """)
)

# What stands in front of the title in the title of a paper about it.
LEADING = frozenset(
    listed("""
    response to reply comment comments on commentary letter re regarding the editor retraction of correction erratum
    corrigendum discussion author authors a in notice concern expression
    """)
)
