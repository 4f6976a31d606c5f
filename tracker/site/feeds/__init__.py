"""Feeds: what a feed and an entry are (``model``), who they are for ever (``ids``), what a paper or a change becomes in
one (``papers``, ``changes``), and a writer for each format: Atom, RSS 2.0, JSON Feed 1.1, OPML.

The writers know nothing of the tracker. Any text may be put into them: what a format cannot hold is left out, and the
number of entries stays what it was.
"""
