"""Annual plans (年度计划)."""
