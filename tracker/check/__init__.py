"""``tracker check``: what it tells of saved searches (report), of their hits (counts) and of an edit (preview)."""
