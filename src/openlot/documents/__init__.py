"""The printed papers (检查文书): typst sources and their rendering; no model is known here."""
