"""fairdraw: draws that anyone can recompute (可验证随机抽取), standard library only."""

__version__ = "1.0.0"
