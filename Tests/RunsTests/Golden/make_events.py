"""Writes events.bin: what TensorBoard's own writer makes of the events in EventFileTests.

Made with tensorboard 2.21.0, protobuf 7.36.2: python make_events.py
"""

import io
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

file = io.BytesIO()
writer = RecordWriter(file)
for event in (
    Event(wall_time=1.5, file_version="brain.Event:2"),
    Event(wall_time=1.5, step=4, session_log=SessionLog(status=SessionLog.START)),
    Event(wall_time=2.25, step=4, summary=Summary(value=[
        Summary.Value(tag="loss/training/a", simple_value=0.1), Summary.Value(tag="seconds", simple_value=3),
    ])),
):
    writer.write(event.SerializeToString())
Path(__file__).with_name("events.bin").write_bytes(file.getvalue())
