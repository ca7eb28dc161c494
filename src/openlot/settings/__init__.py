"""Settings of each way to run: dev, demo, test, prod, and the public portal's own."""
