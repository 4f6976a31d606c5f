"""Decisions that come back from screening: the tools' files, which paper a row means, what it all comes to."""
