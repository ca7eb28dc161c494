"""What every app stands on: who acts, when, what went wrong, and how things are named."""
