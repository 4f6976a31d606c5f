"""The demo: a fictional literature, and loopback services that serve it as the real ones would, faults included.

``articles.py`` says what an article is, ``corpus.py`` invents the literature, ``index.py`` and ``query.py`` search it,
``eutils.py`` answers like NCBI's E-utilities, ``faults.py`` lists what can go wrong and ``service.py`` puts it all
behind a port on 127.0.0.1. Beside it stand ``europepmc_service.py``, ``biorxiv_service.py``, ``osf_service.py`` and,
for what becomes of papers, ``crossref_service.py`` and ``retractions_service.py`` (see ``registers.py``).
Nothing here is used by live collection, and nothing here knows ``tracker.strategy``: the demo's PubMed is a second,
independent reading of how PubMed behaves.
"""
