"""Pushes frames of a little simulation to a Traceway proxy: plain grpcio, no generated code.

    pip install grpcio protobuf
    python examples/push_frames.py --port 8090 --seconds 10

Then open the lab and watch the source "push-circle". The messages come from the API's own descriptors
(sim-proxy/proto/baseline.binpb, a FileDescriptorSet); frames are columns of little-endian numbers (frame.proto).
A token, where the proxy wants one, is read from TRACEWAY_PROXY_TOKEN.
"""

import argparse
import math
import os
import struct
import time
from pathlib import Path

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

DESCRIPTORS = Path(__file__).parent.parent / "sim-proxy" / "proto" / "baseline.binpb"
CARS = 12
RADIUS = 40.0  # m
SPEED = 8.0  # m/s
STEP = 0.05  # s
BATCH = 4  # frames a message, at most 32


def load_messages():
    """Message classes by name, "traceway.v1.FrameBatch" and so on."""
    files = descriptor_pb2.FileDescriptorSet.FromString(DESCRIPTORS.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    if hasattr(message_factory, "GetMessageClass"):
        class_of = message_factory.GetMessageClass
    else:  # protobuf before 4.22, as in Debian 12
        class_of = message_factory.MessageFactory(pool).GetPrototype
    names = [f"{file.package}.{message.name}" for file in files.file for message in file.message_type]
    return {name: class_of(pool.FindMessageTypeByName(name)) for name in names}


def floats(numbers):
    return struct.pack(f"<{len(numbers)}f", *numbers)


def frame_batch(messages, first_step):
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
    rows = BATCH * CARS
    return messages["traceway.v1.FrameBatch"](
        frame_count=BATCH,
        step=struct.pack(f"<{BATCH}I", *steps),
        sim_time=struct.pack(f"<{BATCH}d", *(step * STEP for step in steps)),
        actor_rows=struct.pack(f"<{BATCH}H", *([CARS] * BATCH)),
        actors=messages["traceway.v1.ActorColumns"](
            actor_id=struct.pack(f"<{rows}I", *(list(range(1, CARS + 1)) * BATCH)),
            x=floats(x),
            y=floats(y),
            heading=floats(heading),
            velocity_x=floats(velocity_x),
            velocity_y=floats(velocity_y),
            yaw_rate=floats([SPEED / RADIUS] * rows),
        ),
    )


def requests(messages, name, seconds):
    """What is pushed: who we are, the episode with its actors, then frames in real time."""
    request = messages["traceway.v1.PushFramesRequest"]
    yield request(open=messages["traceway.v1.PushOpen"](name=name, version="push_frames.py", mode=2))
    actors = [
        messages["traceway.v1.ActorInfo"](
            actor_id=car, kind=1, type_id="vehicle.example", role_name=f"car {car}", length=4.5, width=1.9, height=1.5
        )
        for car in range(1, CARS + 1)
    ]
    yield request(
        episode=messages["traceway.v1.Episode"](name="circle", ego_id=1, step_seconds=STEP, driver="script", actors=actors)
    )
    begun = time.monotonic()
    step = 0
    while time.monotonic() - begun < seconds:
        yield request(frames=frame_batch(messages, step))
        step += BATCH
        time.sleep(max(0.0, begun + step * STEP - time.monotonic()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--name", default="circle")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    messages = load_messages()
    token = os.environ.get("TRACEWAY_PROXY_TOKEN")
    with grpc.insecure_channel(f"{options.host}:{options.port}") as channel:
        push = channel.stream_unary(
            "/traceway.v1.SourceService/PushFrames",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=messages["traceway.v1.PushFramesResponse"].FromString,
        )
        answer = push(
            requests(messages, options.name, options.seconds),
            metadata=[("authorization", f"Bearer {token}")] if token else None,
        )
    print(f"pushed {answer.frames} frames")


if __name__ == "__main__":
    main()
