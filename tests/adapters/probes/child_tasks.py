"""Tasks for a child process that does what code of users does."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from mlgate.core.errors import MeasurementError


def double(inputs, say):
    for number in inputs["numbers"]:
        say({"doubled": 2 * number})


def see_frame(inputs, say):
    frame = inputs["frame"]
    say({"rows": len(frame), "types": [str(kind) for kind in frame.dtypes], "index": list(frame.index)})


def tell_where(inputs, say):
    say({"path": sys.path, "folder": inputs["folder"], "python_path": os.environ.get("PYTHONPATH"), "zone": os.environ.get("TZ")})


def print_much(inputs, say):
    print("said by Python")
    sys.stdout.flush()
    os.write(1, b"x" * 1_000_000 + b"\nthe end\n")
    os.write(2, b"a warning\n")
    say("still here")


def hang(inputs, say):
    say({"pid": os.getpid()})
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    say({"grandchild": grandchild.pid})
    time.sleep(600)


def segfault(inputs, say):
    say("so far so good")
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(inputs, say):
    os._exit(3)


def leave_politely(inputs, say):
    sys.exit("I am gone")


def call_home(inputs, say):
    try:
        socket.create_connection(("example.invalid", 443), timeout=1)
    except OSError as error:
        say(str(error))
    try:
        with socket.socket() as one:
            one.connect(("127.0.0.1", 9))
    except OSError as error:
        say(str(error))


def talk_to_itself(inputs, say):
    one, other = socket.socketpair()
    one.sendall(b"yes")
    say(other.recv(3).decode())


def ask_the_user(inputs, say):
    try:
        input("your name?")
    except EOFError:
        say("nobody answers")


def close_everything(inputs, say):
    os.closerange(0, 200)
    say("all closed")


def refuse(inputs, say):
    say("first")
    raise MeasurementError("no such module 'features'", cause="configuration", fix="write it")


def break_down(inputs, say):
    raise ZeroDivisionError("one over nothing")


def read_left_behind(inputs, say):
    path = Path(inputs["folder"]) / "left.txt"
    say(path.read_text() if path.exists() else "nothing")
    path.write_text("left behind")
