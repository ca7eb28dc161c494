"""The staff site (工作平台): screens over services and selectors."""
