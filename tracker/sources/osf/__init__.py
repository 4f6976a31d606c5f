"""The preprint servers of OSF (PsyArXiv ...): ``client`` talks, ``parse`` reads."""
