"""Pushes frames of a little simulation to a Traceway proxy: plain grpcio, no generated code.

    pip install grpcio protobuf
    python examples/push_frames.py --port 8090 --seconds 10

Then open the lab and watch the source "push-circle". Frames are columns of little-endian numbers (frame.proto). A token,
where the proxy wants one, is read from TRACEWAY_PROXY_TOKEN.
"""

import argparse
import math
import time

from traceway_api import Proxy, message, pack

CARS = 12
RADIUS = 40.0  # m
SPEED = 8.0  # m/s
STEP = 0.05  # s
BATCH = 4  # frames a message, at most 32


def frame_batch(first_step):
    """BATCH frames of cars that drive round a circle, from `first_step` on."""
    steps = range(first_step, first_step + BATCH)
    heading, x, y, velocity_x, velocity_y = [], [], [], [], []
    for step in steps:
        for car in range(CARS):
            angle = car * 2 * math.pi / CARS + step * STEP * SPEED / RADIUS
            course = angle + math.pi / 2
            x.append(RADIUS * math.cos(angle))
            y.append(RADIUS * math.sin(angle))
            heading.append(math.remainder(course, 2 * math.pi))
            velocity_x.append(SPEED * math.cos(course))
            velocity_y.append(SPEED * math.sin(course))
    ids = list(range(1, CARS + 1)) * BATCH
    return message(
        "FrameBatch",
        frame_count=BATCH,
        step=pack("I", steps),
        sim_time=pack("d", (step * STEP for step in steps)),
        actor_rows=pack("H", [CARS] * BATCH),
        actors=message(
            "ActorColumns",
            actor_id=pack("I", ids),
            x=pack("f", x),
            y=pack("f", y),
            heading=pack("f", heading),
            velocity_x=pack("f", velocity_x),
            velocity_y=pack("f", velocity_y),
            yaw_rate=pack("f", [SPEED / RADIUS] * len(ids)),
        ),
    )


def requests(name, seconds):
    """What is pushed: who we are, the episode with its actors, then frames in real time."""
    opened = message("PushOpen", name=name, version="push_frames.py", mode=2)
    yield message("PushFramesRequest", open=opened)
    box = {"kind": 1, "type_id": "vehicle.example", "length": 4.5, "width": 1.9, "height": 1.5}
    actors = [message("ActorInfo", actor_id=car, role_name=f"car {car}", **box) for car in range(1, CARS + 1)]
    episode = message("Episode", name="circle", ego_id=1, step_seconds=STEP, driver="script", actors=actors)
    yield message("PushFramesRequest", episode=episode)
    begun = time.monotonic()
    step = 0
    while time.monotonic() - begun < seconds:
        yield message("PushFramesRequest", frames=frame_batch(step))
        step += BATCH
        time.sleep(max(0.0, begun + step * STEP - time.monotonic()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--name", default="circle")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    with Proxy(options.host, options.port) as proxy:
        answer = proxy.call("SourceService", "PushFrames", requests(options.name, options.seconds))
    print(f"pushed {answer.frames} frames")


if __name__ == "__main__":
    main()
