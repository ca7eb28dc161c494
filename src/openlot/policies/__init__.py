"""Policy numbers as versioned data: calendars, deadlines, ratios, caps, result codes."""
