"""Personal information and who looked at what is not public (个人信息与查阅)."""
