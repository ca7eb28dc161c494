"""The one way to change state: arrows, compare-and-set, trail."""
