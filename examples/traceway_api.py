"""Traceway's API in Python without generated code, shared by the examples: messages, calls, numbers.

The messages come from the API's own descriptors (sim-proxy/proto/baseline.binpb, a FileDescriptorSet). A token, where the proxy wants one,
is read from TRACEWAY_PROXY_TOKEN.
"""

import os
import struct
from pathlib import Path

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

DESCRIPTORS = Path(__file__).parent.parent / "sim-proxy" / "proto" / "baseline.binpb"
_POOL = descriptor_pool.DescriptorPool()
for _file in descriptor_pb2.FileDescriptorSet.FromString(DESCRIPTORS.read_bytes()).file:
    _POOL.Add(_file)
# Before version 4.22 of protobuf a factory made the classes.
_class_of = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(_POOL).GetPrototype


def message(kind, /, **fields):
    """`message("FrameBatch", frame_count=4)` is a traceway.v1.FrameBatch."""
    return _class_of(_POOL.FindMessageTypeByName(f"traceway.v1.{kind}"))(**fields)


class Proxy:
    """A connection; `with Proxy(host, port) as proxy: proxy.call("SourceService", "ListSources")`."""

    def __init__(self, host, port):
        sizes = [("grpc.max_receive_message_length", 16 << 20)]
        self._channel = grpc.insecure_channel(f"{host}:{port}", options=sizes)
        token = os.environ.get("TRACEWAY_PROXY_TOKEN")
        self._metadata = [("authorization", f"Bearer {token}")] if token else None
        self._methods = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._channel.close()

    def call(self, service, method, requests=None, **fields):
        """Calls a method: with the fields of its one request, or with an iterable of requests where it takes a stream.

        Gives its answer, or an iterator of answers. Raises grpc.RpcError, whose details() say what was refused.
        """
        if (service, method) not in self._methods:
            self._methods[service, method] = self._method(service, method)
        request_name, invoke = self._methods[service, method]
        return invoke(requests if requests is not None else message(request_name, **fields), metadata=self._metadata)

    def _method(self, service, method):
        found = _POOL.FindServiceByName(f"traceway.v1.{service}").FindMethodByName(method)
        described = descriptor_pb2.MethodDescriptorProto()
        found.CopyToProto(described)
        sides = ["stream" if side else "unary" for side in (described.client_streaming, described.server_streaming)]
        invoke = getattr(self._channel, "_".join(sides))(
            f"/traceway.v1.{service}/{method}",
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=_class_of(found.output_type).FromString,
        )
        return found.input_type.name, invoke


def pack(kind, numbers):
    """Little-endian numbers, `kind` as in struct: f float32, d float64, I uint32, H uint16, B uint8."""
    numbers = list(numbers)
    return struct.pack(f"<{len(numbers)}{kind}", *numbers)


def unpack(kind, data):
    """The way back: a tuple of numbers."""
    return struct.unpack(f"<{len(data) // struct.calcsize(kind)}{kind}", data)
