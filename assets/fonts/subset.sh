#!/usr/bin/env bash
# Makes NotoSansSC-subset.otf anew after the Chinese messages changed: the signs they use, out of Debian's fonts-noto-cjk.
# Needs Debian's fonts-noto-cjk and fonttools (python3 -m pip install fonttools).
set -euo pipefail
cd "$(dirname "$0")"
signs=$(mktemp)
trap 'rm -f "$signs"' EXIT
cat ../lang/zh.ftl ../lang/*/zh.ftl > "$signs"
printf '中文，。：；！？（）、“”…·—←→↑↓−●' >> "$signs"
python3 -m fontTools.subset /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc --font-number=2 --text-file="$signs" \
  --output-file=NotoSansSC-subset.otf --no-hinting --desubroutinize --layout-features=''
