"""medRxiv and bioRxiv: ``client`` talks, ``answers`` and ``parse`` read."""
