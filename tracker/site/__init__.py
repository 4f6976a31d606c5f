"""The public site: a Datasette plugin with our own pages; Datasette's tables and SQL stay reachable under /public.

``serve`` puts it together, ``plugin`` hooks it into Datasette, ``pages`` answers addresses, ``queries`` reads,
``searchbox`` understands what a reader typed, ``fence`` and ``headers`` keep it safe.
"""
