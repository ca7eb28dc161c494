"""The one permission table: who may do what, and to which rows."""
