"""Europe PMC: ``client`` talks, ``answers`` and ``parse`` read."""
