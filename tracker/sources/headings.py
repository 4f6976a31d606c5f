"""The headings of structured abstracts, as authors of preprints write them.

Gathered from 5,000 abstracts of medRxiv; written as in a sentence, as in a title or in capitals, single or two or
three joined by "and".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SAID = """
Abstract; General abstract; Brief abstract; Short summary; Brief summary; Introductory paragraph; Main points
Comparator; Comparators; Trial registration number; Data availability statement; Added value; Aim; Aims; Goal; Goals
Background; Rationale; Context; Introduction; Intro; Importance; Overview; Motivation
Objective; Objectives; Primary objective; Secondary objectives; Purpose; Hypothesis; Hypotheses; Question; Questions
Research question; Research questions; Study question; Study objective; Study objectives
Method; Methods; Methodology; Material; Materials; Procedure; Procedures; Approach; Experimental approach
Design; Study design; Trial design; Research design; Design setting; Setting; Settings; Participant; Participants
Patient; Patients; Subjects; Population; Study population; Sample; Samples; Eligibility criteria; Inclusion criteria
Data; Data source; Data sources; Data extraction; Data synthesis; Data collection; Data analysis; Data availability
Study selection; Search strategy; Selection criteria; Evidence synthesis; Quality assessment; Analysis; Analyses
Statistical analysis; Intervention; Interventions; Exposure; Exposures; Measure; Measures; Measurement; Measurements
Outcome; Outcomes; Outcome measure; Outcome measures; Outcomes measures
Main outcome; Main outcomes; Main outcome measure; Main outcome measures; Main outcomes measures; Primary outcome
Primary outcomes; Primary outcome measure; Primary outcome measures; Secondary outcome; Secondary outcomes
Secondary outcome measures; Secondary outcomes measures; Main measures; Main exposure; Main exposures; Primary
Finding; Findings; Key finding; Key findings; Main findings; Principal findings; Result; Results; Main results
Key results; Interpretation; Interpretations; Discussion; Conclusion; Conclusions; Main conclusion; Limitation
Limitations; Strengths; Strengths and limitations of the study; Strengths and limitations of this study
Funding; Funding statement; Relevance; Clinical relevance; Clinical significance; Significance; Significance statement
Statement of significance; Statement of relevance; Clinical implications; Implication; Implications
Policy implications; Practical implications; Practice implications; Implications for practice
Implications of all available evidence; Implications of all the available evidence
Implications of the available evidence; Evidence before this study; Added value of this study; Research in context
What is already known; What is known; What is already known on this topic; What is already known about this topic
What is already known about this subject; What is known about this topic; What this study adds; What the study adds
What does this study add; Summary; Author summary; Lay summary; Plain language summary; One sentence summary
Single sentence summary; Article summary; Article summary line; Table of contents summary; Synopsis; Highlights
Key points; Key messages; Key message; Take home message; Meaning; Novelty; Impact; Impact statement; Study impact
Contribution; Recommendations; Future directions; Perspective; Perspectives; Statement; Registration
Trial registration; Study registration; Protocol registration; Clinical trial registration; Review registration
Systematic review registration; Clinical trial identifier; PROSPERO registration; Protocol; Ethics; Ethical approval
Dissemination; Disclaimer; Declaration of interests; Competing interests; Conflict of interest; Keywords; Key words
Note; Patient or public contribution; Patient and public involvement; Public and patient involvement
Availability; Implementation; Supplementary information
"""
_SMALL = frozenset({"a", "all", "and", "of", "on", "or", "the", "this", "in", "for", "is"})


def _spellings(phrase: str) -> set[str]:
    words = phrase.split()
    titled = " ".join(word if word in _SMALL or word.isupper() else word[0].upper() + word[1:] for word in words)
    return {phrase, titled, titled.replace(" the ", " The "), phrase.upper()}


def _expression() -> tuple[re.Pattern[str], frozenset[str]]:
    """The expression of a heading, and the three letters with which one may begin."""
    phrases = [phrase.strip() for phrase in re.split(r"[;\n]", _SAID) if phrase.strip()]
    written = {spelling for phrase in phrases for spelling in _spellings(phrase)}
    following = written | {phrase[0].lower() + phrase[1:] for phrase in phrases}

    def either(words: set[str]) -> str:
        longest_first = sorted(words, key=lambda word: (-len(word), word))
        return "|".join(re.escape(word).replace(r"\ ", " ") for word in longest_first)

    joined = rf"(?:{either(written)})(?:(?:, | and | AND | & | or |/)(?:{either(following)})){{0,3}}(?![a-z])"
    return re.compile(joined), frozenset(word[:3] for word in written)


_BEGIN = re.compile(r"(?:\A|[\n.?!)\]\"”’%])[ \t\xa0]*(?=[A-Z])")
_HEADING, _LETTERS = _expression()


def headings(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it begins a line) of everything that may be a heading, judged by what stands before it.

    That is the beginning of a line or the end of a sentence. What may stand behind it is for the caller to judge; a
    small letter never does.
    """
    for place in _BEGIN.finditer(text):
        start = place.end()
        if text[start : start + 3] in _LETTERS:
            found = _HEADING.match(text, start)
            if found:
                yield start, found.end(), text[place.start()] == "\n" or not text[:start].strip()
