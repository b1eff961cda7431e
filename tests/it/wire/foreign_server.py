"""A server written from the protocol's description alone: one frame, one answer, and nothing may overtake it.

Usage: foreign_server.py ENCODING WIDTH HEIGHT. Prints its port, serves until it is killed.
"""

import asyncio
import json
import struct
import sys

import websockets

ENCODING, WIDTH, HEIGHT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def check_picture(payload):
    if ENCODING == "jpeg":
        assert payload[:2] == b"\xff\xd8" and payload[-2:] == b"\xff\xd9"
    elif ENCODING == "png":
        assert payload[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", payload[16:24]) == (WIDTH, HEIGHT)
    else:
        height, width, channels = struct.unpack("<III", payload[:12])
        assert (height, width, channels) == (HEIGHT, WIDTH, 3)
        assert len(payload) == 12 + height * width * channels


async def serve(socket, _path=None):
    session, numbers = None, []

    async def answer(kind, **fields):
        await socket.send(json.dumps({"type": kind, "session_id": session, **fields}))

    async def binary(header):
        payload = await asyncio.wait_for(socket.recv(), 30)
        assert isinstance(payload, bytes) and len(payload) == header["size"]
        return payload

    while True:
        message = json.loads(await asyncio.wait_for(socket.recv(), 60))
        kind = message["type"]
        if kind == "session_start":
            session = message["session_id"]
            assert (message["width"], message["height"]) == (WIDTH, HEIGHT) and message["fps"] > 0
            await answer("session_started")
        elif kind == "frame":
            assert message["encoding"] == ENCODING and message["session_id"] == session
            check_picture(await binary(message))
            try:
                early = await asyncio.wait_for(socket.recv(), 0.01)
                raise AssertionError(f"{early[:80]} came before the answer")
            except asyncio.TimeoutError:
                pass
            numbers.append(message["frame_number"])
            await answer("frame_ack", frame_number=message["frame_number"], status="received")
        elif kind == "session_end":
            assert message["total_frames"] == len(numbers)
            await answer("session_ended", validation={"valid": False, "issues": ["No signal data received"]})
        elif kind == "signal":
            log = await binary(message)
            await answer("signal_ack", status="received")
            await answer("process_start")
            await answer("process_progress", stage="something new", progress=1.0, message="")
            result = {"winner": "left", "frames": numbers, "log": log.decode(), "filename": message["filename"]}
            await answer("process_complete", result=result)
        else:
            raise AssertionError(f"unexpected {kind}")


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
