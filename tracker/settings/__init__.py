"""What metadata.json says under ``plugins.tracker``: abstracts in public, the privacy notice, helplines."""
