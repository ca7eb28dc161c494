"""Drawing days (抽签日): one ritual that serves the draws of many departments."""
