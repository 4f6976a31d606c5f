"""All reading SQL of the site, on connections of our own that can only read; never on the event loop.

``reader`` opens and asks, ``filters`` turns a reader's choices into conditions, the rest is a module for each kind of
page.
"""
