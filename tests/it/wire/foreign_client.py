"""A client written from the protocol's description alone: one frame, one answer. Prints the result as JSON.

Usage: foreign_client.py ws://HOST:PORT/stream ENCODING SIGNAL_FILE FRAME_FILE...
"""

import asyncio
import json
import sys
import time

import websockets


async def main(url, encoding, signal_path, frame_paths):
    async with websockets.connect(url) as socket:

        async def ask(message, payload=None):
            await socket.send(json.dumps(message))
            if payload is not None:
                await socket.send(payload)
            answer = json.loads(await asyncio.wait_for(socket.recv(), 30))
            assert answer["type"] != "error", answer
            return answer

        session = "foreign"
        start = {"type": "session_start", "session_id": session, "fps": 30.0, "width": 64, "height": 48}
        answer = await ask({**start, "expected_frames": 0, "video_format": "bgr24"})
        assert answer == {"type": "session_started", "session_id": session}, answer
        for number, path in enumerate(frame_paths):
            payload = open(path, "rb").read()
            header = {"type": "frame", "session_id": session, "frame_number": number, "timestamp": time.time()}
            answer = await ask({**header, "encoding": encoding, "quality": 85, "size": len(payload)}, payload)
            assert answer["type"] == "frame_ack" and answer["status"] == "received", answer
        end = {"type": "session_end", "session_id": session, "total_frames": len(frame_paths)}
        assert (await ask(end))["type"] == "session_ended"
        signal = open(signal_path, "rb").read()
        header = {"type": "signal", "session_id": session, "filename": "phrase.txt", "size": len(signal)}
        assert (await ask(header, signal))["type"] == "signal_ack"
        while True:
            answer = json.loads(await asyncio.wait_for(socket.recv(), 300))
            assert answer["type"] != "error", answer
            if answer["type"] == "process_complete":
                print(json.dumps(answer["result"]))
                return


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
