"""The draw (随机抽取): freeze, announce, open, draw, match, evidence."""
