"""The demo city (演示城市): fictitious, realistic, the same for the same seed."""
