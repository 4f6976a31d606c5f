"""Secrets that cannot be mistaken for anything else: of the length of real ones, their parts in no other text."""

SECRETS = {"NCBI_API_KEY": "5ec3e75ec3e75ec3e75ec3e75ec3e75ec3e7", "TRACKER_EMAIL": "zq.contact@zqxj.example"}
