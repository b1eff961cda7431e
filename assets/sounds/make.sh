#!/bin/sh
# Makes the referee's cues with a synthetic voice. Needs espeak-ng and sox or ffmpeg; here ffmpeg.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

say() { # file, words
    espeak-ng -v fr -s 150 -p 40 -a 160 -w "$work/$1.wav" "$2"
}

# 22 050 Hz, one channel, 16 bits, silence at both ends cut off, peaks at -3 dB.
finish() { # file
    ffmpeg -nostdin -v error -y -i "$work/$1.wav" \
        -af "silenceremove=start_periods=1:start_threshold=-50dB,areverse,silenceremove=start_periods=1:start_threshold=-50dB,areverse,volume=2.0,alimiter=limit=0.7:level=false" \
        -ar 22050 -ac 1 -c:a pcm_s16le -map_metadata -1 -fflags +bitexact "$1.wav"
}

say en_garde "En garde."
say prets "Prêts ?"
say allez "Allez !"
say halte "Halte !"
# The referee waits before "Prêts?" and before "Allez!".
ffmpeg -nostdin -v error -y -i "$work/en_garde.wav" -i "$work/prets.wav" -i "$work/allez.wav" \
    -filter_complex "[0]apad=pad_dur=0.35[a];[1]apad=pad_dur=0.35[b];[a][b][2]concat=n=3:v=0:a=1" "$work/begin.wav"
finish begin
finish halte
