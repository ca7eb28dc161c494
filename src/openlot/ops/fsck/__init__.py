"""Checking the whole database (全库核验): counts, tree, replay of the trail, and outside witnesses."""
