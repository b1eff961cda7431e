#!/usr/bin/env bash
# Renders the icon's PNG sizes, referee.ico (Windows) and referee.icns (macOS) from referee.svg, which is our own drawing.
# Needs rsvg-convert (Debian: librsvg2-bin) and python3.
set -euo pipefail
cd "$(dirname "$0")"
for size in 16 24 32 48 64 128 256 512; do
  rsvg-convert --width "$size" --height "$size" referee.svg --output "referee-$size.png"
done
python3 - <<'PY'
import struct

def picture(size):
    with open(f"referee-{size}.png", "rb") as file:
        return file.read()

sizes = [16, 24, 32, 48, 64, 128, 256]
head, offset = struct.pack("<HHH", 0, 1, len(sizes)), 6 + 16 * len(sizes)
for size in sizes:
    length = len(picture(size))
    head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, length, offset)
    offset += length
with open("referee.ico", "wb") as file:
    file.write(head + b"".join(map(picture, sizes)))

kinds = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09"}
body = b"".join(kind + struct.pack(">I", 8 + len(picture(size))) + picture(size) for size, kind in kinds.items())
with open("referee.icns", "wb") as file:
    file.write(b"icns" + struct.pack(">I", 8 + len(body)) + body)
PY
