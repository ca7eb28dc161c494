"""What is fast, as ratios against the obvious alternative in the same run."""
