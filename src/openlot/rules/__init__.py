"""The law as pure code: working days, clocks, ratios, result codes, codes and numbers."""
