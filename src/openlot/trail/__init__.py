"""The append-only record (全程留痕) of everything that was done."""
