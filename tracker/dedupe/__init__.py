"""Stage 2: which records are one publication, and which publications are one work.

paper (fields normalised) -> keys -> index (who shares a key) -> rules (a verdict for a pair) -> engine (a batch against
the index) -> clusters (publications and works). Everything here is a pure function; the store keeps the rows.
"""
