"""The public site: a Datasette plugin with our own pages; Datasette's tables and SQL stay reachable under /public.

``serve`` puts it together, ``plugin`` hooks it into Datasette, ``pages`` answers addresses, ``queries`` reads,
``searchbox`` understands what a reader typed. ``headers`` and ``inline`` say what a browser may do with an answer;
``fence``, ``limits`` and ``rehearsal`` bound what a stranger's SQL can cost; ``faults`` says what went wrong.
"""
