"""Stage 2: which records are one publication, and which publications are one work.

paper (fields normalised) -> keys -> index (who shares a key) -> rules (a verdict for a pair) -> engine (a batch against
the index) -> clusters (publications and works). Everything here is a pure function; the store keeps the rows.
"""

RULES_VERSION = 1  # stored with every verdict; raised when a rule changes what it would say of stored pairs
