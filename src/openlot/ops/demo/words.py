"""Where the demo city's made-up names come from."""

from __future__ import annotations

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    "超", "秀兰", "霞", "平", "刚", "桂英", "昇", "玥", "淏", "喆", "建国", "志强", "晓东", "海燕",
)
BRANDS = (
    "兴", "达", "源", "和", "福", "盛", "嘉", "瑞", "康", "乐", "昌", "安", "丰", "泰", "宏", "鑫",
    "华", "美", "顺", "德",
)
ROADS = ("人民路", "中原路", "颍河路", "解放街", "胜利路", "东城大道", "工业大道", "光武大道")

# industry, word in the name, licence, kinds in thousandths (enterprise, self-employed, cooperative)
TRADES: dict[str, tuple[str, str, str, tuple[int, int, int]]] = {
    "canteen": ("H62", "餐饮店", "食品经营许可证", (250, 745, 5)),
    "food_maker": ("C14", "食品有限公司", "食品生产许可证", (900, 90, 10)),
    "shop": ("F52", "超市", "食品经营许可证", (350, 640, 10)),
    "pharmacy": ("F52", "大药房", "药品经营许可证", (600, 400, 0)),
    "hotel": ("H61", "宾馆", "特种行业许可证", (400, 600, 0)),
    "pesticide": ("F51", "农资经营部", "农药经营许可证", (200, 650, 150)),
    "repair": ("O81", "汽车维修部", "道路运输经营许可证", (350, 650, 0)),
    "haulier": ("G54", "运输有限公司", "道路运输经营许可证", (850, 150, 0)),
    "recycling": ("C42", "再生资源有限公司", "排污许可证", (950, 50, 0)),
    "battery": ("C38", "蓄电池有限公司", "排污许可证", (990, 10, 0)),
    "school": ("P83", "培训学校有限公司", "民办学校办学许可证", (950, 50, 0)),
    "clinic": ("Q84", "诊所", "医疗机构执业许可证", (300, 700, 0)),
    "builder": ("E47", "建筑工程有限公司", "建筑业企业资质证书", (980, 20, 0)),
    "estate": ("K70", "物业服务有限公司", "", (960, 40, 0)),
    "culture": ("R88", "文化传媒有限公司", "出版物经营许可证", (700, 300, 0)),
    "courier": ("G60", "快递有限公司", "快递业务经营许可证", (800, 200, 0)),
    "farm": ("A05", "农业专业合作社", "", (100, 300, 600)),
}

DEPARTMENT_TRADES: dict[str, tuple[str, ...]] = {
    "SCJG": ("canteen", "shop", "food_maker", "pharmacy", "estate", "recycling", "repair"),
    "STHJ": ("recycling", "battery", "food_maker"),
    "WLTY": ("culture", "hotel"),
    "JTYS": ("haulier", "repair"),
    "NYNC": ("pesticide", "farm"),
    "GAJ": ("hotel", "recycling"),
    "YJGL": ("battery", "recycling"),
    "XFJY": ("canteen", "hotel", "school"),
    "WSJK": ("clinic", "canteen", "hotel"),
    "YBJ": ("clinic", "pharmacy"),
    "JYJ": ("school",),
    "RSJ": ("battery", "estate", "food_maker", "shop"),
    "ZJJ": ("builder", "estate"),
    "CGJ": ("canteen", "builder"),
    "SWJ": ("shop", "recycling"),
    "FGW": ("shop", "farm"),
    "JXJ": ("battery", "recycling"),
    "SFJ": ("estate",),
    "SHUI": ("shop", "builder", "haulier"),
    "TJJ": ("battery", "builder"),
    "MZJ": ("estate",),
    "XCB": ("culture",),
    "YZJ": ("courier",),
    "YCJ": ("shop",),
    "GXQ": ("battery", "recycling"),
}

DEPARTMENT_TAGS: dict[str, tuple[str, ...]] = {
    "SCJG": ("food", "special", "drug", "device", "cosmetic"),
    "STHJ": ("environment",),
    "JTYS": ("transport",),
    "NYNC": ("agriculture",),
    "YJGL": ("safety",),
    "XFJY": ("fire",),
}
