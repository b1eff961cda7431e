#!/usr/bin/env bash
# Makes the two subsets of Noto Sans SC anew after the Chinese messages changed: the signs they use, out of Debian's
# fonts-noto-cjk. The bold one writes over pictures.
# Needs Debian's fonts-noto-cjk and fonttools (python3 -m pip install fonttools).
set -euo pipefail
cd "$(dirname "$0")"
signs=$(mktemp)
trap 'rm -f "$signs"' EXIT
cat ../lang/zh.ftl ../lang/*/zh.ftl > "$signs"
printf '中文，。：；！？（）、“”…·—←→↑↓−●' >> "$signs"
for weight in Regular Bold; do
  python3 -m fontTools.subset "/usr/share/fonts/opentype/noto/NotoSansCJK-$weight.ttc" --font-number=2 --text-file="$signs" \
    --output-file="NotoSansSC-$weight-subset.otf" --no-hinting --desubroutinize --layout-features=''
done
