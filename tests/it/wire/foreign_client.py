"""A client written from the protocol's description alone: one frame, one answer. Prints the result as JSON.

Usage: foreign_client.py ws://HOST:PORT/stream ENCODING SIGNAL_FILE FRAME_FILE...
       foreign_client.py ... --camera FPS --declared FPS --late SECONDS

With --camera it does what the clients in the field do: a camera fills a queue of 120 frames from the start, what finds no
place within 0.1 s is dropped, the socket is opened --late, frames are numbered and stamped when they are sent.
"""

import argparse
import asyncio
import json
import time

import websockets

QUEUE_FRAMES = 120
PUT_WITHIN = 0.1


async def film(queue, frame_paths, fps):
    """Takes the pictures one after the other at the camera's pace."""
    began = time.monotonic()
    for number, path in enumerate(frame_paths):
        if fps:
            await asyncio.sleep(max(0.0, began + number / fps - time.monotonic()))
        payload = open(path, "rb").read()
        try:
            await asyncio.wait_for(queue.put(payload), PUT_WITHIN if fps else None)
        except asyncio.TimeoutError:
            pass
    await queue.put(None)


async def main(typed):
    queue = asyncio.Queue(QUEUE_FRAMES)
    camera = asyncio.create_task(film(queue, typed.frames, typed.camera))
    await asyncio.sleep(typed.late)
    async with websockets.connect(typed.url) as socket:

        async def ask(message, payload=None):
            await socket.send(json.dumps(message))
            if payload is not None:
                await socket.send(payload)
            answer = json.loads(await asyncio.wait_for(socket.recv(), 30))
            assert answer["type"] != "error", answer
            return answer

        session = "foreign"
        start = {"type": "session_start", "session_id": session, "fps": typed.declared, "width": 64, "height": 48}
        answer = await ask({**start, "expected_frames": 0, "video_format": "bgr24"})
        assert answer == {"type": "session_started", "session_id": session}, answer
        sent = 0
        while (payload := await queue.get()) is not None:
            header = {"type": "frame", "session_id": session, "frame_number": sent, "timestamp": time.time()}
            answer = await ask({**header, "encoding": typed.encoding, "quality": 85, "size": len(payload)}, payload)
            assert answer["type"] == "frame_ack" and answer["status"] == "received", answer
            sent += 1
        await camera
        end = {"type": "session_end", "session_id": session, "total_frames": sent}
        assert (await ask(end))["type"] == "session_ended"
        signal = open(typed.signal, "rb").read()
        header = {"type": "signal", "session_id": session, "filename": "phrase.txt", "size": len(signal)}
        assert (await ask(header, signal))["type"] == "signal_ack"
        while True:
            answer = json.loads(await asyncio.wait_for(socket.recv(), 300))
            assert answer["type"] != "error", answer
            if answer["type"] == "process_complete":
                print(json.dumps(answer["result"]))
                return


parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("encoding")
parser.add_argument("signal")
parser.add_argument("frames", nargs="+")
parser.add_argument("--camera", type=float, default=0.0)
parser.add_argument("--declared", type=float, default=30.0)
parser.add_argument("--late", type=float, default=0.0)
asyncio.run(main(parser.parse_args()))
