"""Tracker: the evidence feed a research network can trust.

The program is one line of three stages around one SQLite store:

    collect  ->  dedupe  ->  publish          (together: ``tracker update``)

``collect`` asks each literature source what a saved search matches and keeps what is new or changed,
``dedupe`` decides which records are one publication and which publications are one work,
``publish`` builds the public copy that ``serve`` shows.
Around the same store stand the things people do: ``export``, ``show``, ``status``.
"""

__version__ = "0.1.0"
