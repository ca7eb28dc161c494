"""Departments, regions, users and the roles granted to them."""
