"""The departments of the demo city: bureaus, townships and the development zone."""

from __future__ import annotations

from typing import NamedTuple


class Bureau(NamedTuple):
    """A department of the demo city (演示部门): ``share`` of the targets in thousandths."""

    code: str
    name: str
    short: str
    word: str
    field: str
    share: int
    inspectors: int


FIELDS: dict[str, tuple[str, bool]] = {
    "market": ("市场监管", True),
    "environment": ("生态环境保护", True),
    "culture": ("文化市场", True),
    "transport": ("交通运输", True),
    "agriculture": ("农业", True),
    "safety": ("应急与消防", False),
    "health": ("卫生健康与医保", False),
    "education": ("教育", False),
    "labour": ("人力资源社会保障", False),
    "construction": ("住房建设与城市管理", False),
    "public_security": ("公安", False),
    "commerce": ("商务与粮食", False),
    "other": ("其他", False),
}

BUREAUS: tuple[Bureau, ...] = (
    Bureau("SCJG", "界首市市场监督管理局", "市市场监管局", "界市监", "market", 380, 180),
    Bureau("STHJ", "阜阳市界首市生态环境分局", "市生态环境分局", "界环", "environment", 45, 46),
    Bureau("WLTY", "界首市文化旅游体育局", "市文旅体局", "界文旅", "culture", 35, 30),
    Bureau("JTYS", "界首市交通运输局", "市交通运输局", "界交", "transport", 60, 48),
    Bureau("NYNC", "界首市农业农村局", "市农业农村局", "界农", "agriculture", 90, 72),
    Bureau("GAJ", "界首市公安局", "市公安局", "界公", "public_security", 40, 60),
    Bureau("YJGL", "界首市应急管理局", "市应急局", "界应急", "safety", 40, 36),
    Bureau("XFJY", "界首市消防救援大队", "市消防救援大队", "界消", "safety", 40, 60),
    Bureau("WSJK", "界首市卫生健康委员会", "市卫健委", "界卫", "health", 45, 58),
    Bureau("YBJ", "界首市医疗保障局", "市医保局", "界医保", "health", 8, 12),
    Bureau("JYJ", "界首市教育局", "市教育局", "界教", "education", 12, 16),
    Bureau("RSJ", "界首市人力资源和社会保障局", "市人社局", "界人社", "labour", 60, 22),
    Bureau("ZJJ", "界首市住房和城乡建设局", "市住建局", "界建", "construction", 20, 26),
    Bureau("CGJ", "界首市城市管理局", "市城管局", "界城管", "construction", 15, 30),
    Bureau("SWJ", "界首市商务局", "市商务局", "界商", "commerce", 20, 12),
    Bureau("FGW", "界首市发展和改革委员会", "市发改委", "界发改", "commerce", 15, 12),
    Bureau("JXJ", "界首市经济和信息化局", "市经信局", "界经信", "other", 8, 8),
    Bureau("SFJ", "界首市司法局", "市司法局", "界司", "other", 3, 8),
    Bureau("SHUI", "国家税务总局界首市税务局", "市税务局", "界税", "other", 20, 18),
    Bureau("TJJ", "界首市统计局", "市统计局", "界统", "other", 5, 8),
    Bureau("MZJ", "界首市民政局", "市民政局", "界民", "other", 5, 8),
    Bureau("XCB", "中共界首市委宣传部", "市委宣传部", "界宣", "culture", 4, 6),
    Bureau("YZJ", "界首市邮政业发展中心", "市邮政业发展中心", "界邮", "transport", 4, 6),
    Bureau("YCJ", "界首市烟草专卖局", "市烟草专卖局", "界烟", "commerce", 6, 10),
    Bureau("SJJ", "界首市审计局", "市审计局", "界审", "other", 0, 0),
    Bureau("ZFB", "界首市人民政府办公室", "市政府办", "界政办", "other", 0, 0),
    Bureau("FYSJ", "阜阳市市场监督管理局", "阜阳市市场监管局", "阜市监", "market", 0, 0),
    Bureau("GXQ", "安徽阜阳界首高新技术产业开发区管委会", "高新区管委会", "界高管", "other", 10, 8),
)

BRANCHES = ("东城", "光武")

TOWNSHIPS: tuple[str, ...] = (
    "341282001",
    "341282002",
    "341282003",
    "341282100",
    "341282103",
    "341282105",
    "341282106",
    "341282107",
    "341282111",
    "341282200",
    "341282201",
    "341282202",
)
