"""Replacements and re-matchings after the draw (递补、改派)."""
