"""A server on this machine that cuts, lies, stalls and fails as it is told; and small archives."""

import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hostile(ThreadingHTTPServer):
    """Serves ``objects``; each request for a path uses up one of its ``tricks``."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects = {}  # path -> bytes
        self.etags = {}
        self.headers = {}
        self.tricks = {}  # path -> list of names; the last one with a "*" stays
        self.log = []  # (path, range asked for or None)
        self.barrier = None  # requests that meet there before any is answered
        self.turn = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def asked(self, part=""):
        return [path for path, _ in self.log if part in path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        server, asked = self.server, self.headers.get("Range")
        with server.turn:
            server.log.append((self.path, asked))
            todo = server.tricks.get(self.path, [])
            trick = todo[0] if todo else ""
            if todo and not trick.endswith("*"):
                todo.pop(0)
        if server.barrier is not None:
            server.barrier.wait()
        try:
            self.answer(trick.rstrip("*"), asked)
        except OSError:
            self.close_connection = True

    def answer(self, trick, asked):  # noqa: C901, PLR0911 (a list of tricks)
        server = self.server
        whole = server.objects.get(self.path)
        if trick.isdigit():
            return self.send(int(trick), b"<html>no</html>", {"Retry-After": "7"})
        if trick.startswith("to "):
            return self.send(302, b"", {"Location": trick[3:]})
        if whole is None:
            return self.send(404, b"<html>not found</html>")
        if trick == "html":
            return self.send(200, b"<html>please log in</html>")
        if trick == "endless":
            return self.endless()
        if trick == "mutates":  # another version, sent as if it were the rest of the first
            whole = server.objects[self.path] = whole[::-1]
        if trick in ("changes", "mutates"):
            server.etags[self.path] = '"new"'
        etag = server.etags.get(self.path, '"one"')
        extra = {"ETag": etag, **server.headers.get(self.path, {})}
        mark = extra.get("Last-Modified", etag) if etag.startswith("W/") else etag
        condition = self.headers.get("If-Range")
        first, last = 0, len(whole) - 1
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", asked or "")
        partial = match and trick != "ignores" and (condition in (None, mark) or trick == "mutates")
        if partial:
            first, last = int(match[1]), min(int(match[2] or last), last)
            if first > last:
                return self.send(416, b"")
            shown = first + 3 if trick == "off" else first
            extra["Content-Range"] = f"bytes {shown}-{last}/{len(whole)}"
        body = whole[first : last + 1]
        if trick == "shifted":
            body = body[3:] + b"abc"
        if trick == "short":
            body = body[: len(body) // 2]
        return self.send(206 if partial else 200, body, extra, trick)

    def send(self, status, body, extra=None, trick=""):
        self.send_response(status)
        length = len(body) + 40 if trick == "lies" else len(body)
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if trick == "stalls":
            self.wfile.write(body[:5])
            time.sleep(0.6)
        elif trick == "drips":
            for at in range(len(body)):
                self.wfile.write(body[at : at + 1])
                time.sleep(0.02)
        elif trick == "cut":
            self.wfile.write(body[: max(len(body) // 2, 1)])
        else:
            self.wfile.write(body)
        if trick in ("cut", "stalls", "drips", "lies"):
            self.wfile.flush()
            self.close_connection = True

    def endless(self):
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65536)


@contextmanager
def running():
    with Hostile() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
