"""PubMed: ``client`` talks, ``answers`` and ``parse`` read."""
