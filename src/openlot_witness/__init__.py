"""A witness (见证程序) that another office runs: it cosigns a log that only grows, and no other."""
