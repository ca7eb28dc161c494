"""Put the few front-end files and fonts that are used where Django and typst find them."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
FONTS = "@expo-google-fonts"
FILES = {
    "build/vendor/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "build/vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "build/fonts/NotoSerifSC_400Regular.ttf": f"{FONTS}/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
    "build/fonts/NotoSerifSC_600SemiBold.ttf": f"{FONTS}/noto-serif-sc/600SemiBold/NotoSerifSC_600SemiBold.ttf",
    "build/fonts/NotoSerifSC_900Black.ttf": f"{FONTS}/noto-serif-sc/900Black/NotoSerifSC_900Black.ttf",
    "build/fonts/NotoSansSC_500Medium.ttf": f"{FONTS}/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf",
}


def main() -> None:
    """Copy each file that is not there yet."""
    for target, source in FILES.items():
        place = ROOT / target
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            shutil.copyfile(MODULES / source, place)
    (ROOT / "build" / "static").mkdir(exist_ok=True)


if __name__ == "__main__":
    main()
