"""Frames of the ring road that is served (serve_environment.py --show), so that the lab shows what somebody drives, map and all."""

import hashlib
import math
import queue
import threading

from ring_road import DT, HALF_WIDTH, RADIUS
from traceway_api import message, pack

LINE = RADIUS - HALF_WIDTH  # the road's reference line, left of the lane, m
LENGTH = 2 * math.pi * LINE
MARK = '<roadMark sOffset="0" type="solid" color="standard" width="0.12"/>'
OPEN_DRIVE = f"""<?xml version="1.0"?>
<OpenDRIVE>
  <header revMajor="1" revMinor="4" name="ring"/>
  <road name="ring" length="{LENGTH}" id="1" junction="-1">
    <planView>
      <geometry s="0" x="{LINE}" y="0" hdg="{math.pi / 2}" length="{LENGTH}"><arc curvature="{1 / LINE}"/></geometry>
    </planView>
    <lanes>
      <laneSection s="0">
        <center><lane id="0" type="none" level="false">{MARK}</lane></center>
        <right>
          <lane id="-1" type="driving" level="false">
            <width sOffset="0" a="{2 * HALF_WIDTH}" b="0" c="0" d="0"/>{MARK}
          </lane>
        </right>
      </laneSection>
    </lanes>
  </road>
</OpenDRIVE>
"""
MAP = {"map_name": "ring", "map_sha256": hashlib.sha256(OPEN_DRIVE.encode()).hexdigest()}
CAR = {"actor_id": 1, "kind": 1, "type_id": "vehicle.example", "role_name": "hero", "length": 4.5, "width": 1.9, "height": 1.5}


class RingFrames:
    """Pushes under `name` from a thread of its own; what the connection cannot take is left out."""

    def __init__(self, proxy, name):
        self._messages = queue.Queue(256)
        opened = message("PushOpen", name=name, version="ring_frames.py", map_name="ring", open_drive=OPEN_DRIVE, mode=2)
        self._messages.put(message("PushFramesRequest", open=opened))
        sent = ("SourceService", "PushFrames", iter(self._messages.get, None))
        threading.Thread(target=proxy.call, args=sent, daemon=True).start()

    def start(self, world, seed):
        """`world` began an episode."""
        actors = [message("ActorInfo", **CAR)]
        episode = message("Episode", name="ring", seed=seed, ego_id=1, step_seconds=DT, driver="external", actors=actors, **MAP)
        self._messages.put(message("PushFramesRequest", episode=episode))
        self.step(world, (0.0, 0.0), 0.0, False, False)

    def step(self, world, action, reward, terminated, truncated):
        """`world` took `action`."""
        info = world.info()
        velocity = world.speed * math.cos(world.heading), world.speed * math.sin(world.heading)
        flags = terminated + 2 * truncated + 8 * bool(info["infractions"]) + 32 * info["success"]
        frame = message(
            "FrameBatch",
            frame_count=1,
            step=pack("I", [world.steps]),
            sim_time=pack("d", [world.steps * DT]),
            actor_rows=pack("H", [1]),
            actors=message(
                "ActorColumns",
                actor_id=pack("I", [1]),
                x=pack("f", [world.x]),
                y=pack("f", [world.y]),
                heading=pack("f", [math.remainder(world.heading, 2 * math.pi)]),
                velocity_x=pack("f", velocity[:1]),
                velocity_y=pack("f", velocity[1:]),
            ),
            ego=message(
                "EgoColumns",
                acceleration=pack("f", action[:1]),
                steering=pack("f", action[1:]),
                reward=pack("f", [reward]),
                time_to_collision=pack("f", [math.inf]),
                route_s=pack("f", [info["progress"]]),
                lateral=pack("f", [-world.offset()]),
                route_completion=pack("f", [info["route_completion"]]),
                flags=pack("B", [flags]),
            ),
        )
        try:
            self._messages.put_nowait(message("PushFramesRequest", frames=frame))
        except queue.Full:
            pass
