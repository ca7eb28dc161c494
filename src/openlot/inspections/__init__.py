"""Inspections (单个对象检查): notices, officers, visits."""
