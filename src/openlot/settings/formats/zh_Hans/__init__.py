"""How days and times look on a page (日期格式): alike in both languages."""
