"""Signing in: guarded guesses, passwords, second factors, sessions, confirmations, emergency views."""
