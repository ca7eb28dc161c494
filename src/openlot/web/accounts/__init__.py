"""Departments and their people (部门与人员)."""
