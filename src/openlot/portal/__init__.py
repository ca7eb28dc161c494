"""The public portal (公示网站): its own process, published snapshots only, read-only."""
