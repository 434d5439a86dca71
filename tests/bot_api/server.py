"""The HTTP side: routes, answers, faults, and a thread that delivers webhooks."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.bot_api.faults import Dropped, Fault, Refusal
from tests.bot_api.methods import METHODS
from tests.bot_api.people import Group, User
from tests.bot_api.wire import parse_body
from tests.bot_api.world import Call, World

JSON = dict[str, Any]


class BotApi:
    """A Bot API server on loopback. `with BotApi() as api:` then point the bot at `api.url`."""

    def __init__(self, port: int = 0, token: str = World.token, world: World | None = None) -> None:
        self.world = world or World(token=token)
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.world = self.world
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._stopping = threading.Event()

    def __enter__(self) -> BotApi:
        for target in (self._server.serve_forever, self._deliver_webhooks):
            threading.Thread(target=target, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def token(self) -> str:
        return self.world.token

    def user(self, user_id: int, language: str = "en") -> User:
        return User(self.world, user_id, language)

    def group(self, group_id: int) -> Group:
        return Group(self.world, group_id)

    def fault(self, method: str, **details: Any) -> Fault:
        """Arrange a misbehaviour; see `Fault`."""
        fault = Fault(method, **details)
        with self.world.changed:
            self.world.faults.append(fault)
        return fault

    def calls(self, method: str) -> list[Call]:
        with self.world.changed:
            return [call for call in self.world.calls if call.method.lower() == method.lower()]

    def wait_for_calls(self, method: str, count: int = 1, timeout: float = 30) -> list[Call]:
        self.world.wait(lambda: len(self.calls(method)) >= count, timeout)
        return self.calls(method)

    def all_confirmed(self) -> bool:
        """Whether the bot has confirmed every update (polling), or answered 200 to it (webhook)."""
        return not self.world.updates

    def _deliver_webhooks(self) -> None:
        while not self._stopping.is_set():
            with self.world.changed:
                ready = self.world.webhook.get("url") and self.world.updates
                batch, webhook = (list(self.world.updates) if ready else []), dict(self.world.webhook)
            for update in batch:
                if _post(webhook, update):
                    with self.world.changed:
                        self.world.updates.remove(update)
                        self.world.changed.notify_all()
            time.sleep(0.05)


def _post(webhook: JSON, update: JSON) -> bool:
    headers = {"Content-Type": "application/json"}
    if webhook.get("secret_token"):
        headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret_token"]
    request = urllib.request.Request(webhook["url"], json.dumps(update).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    world: World

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what several tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the calls are recorded."""

    def do_POST(self) -> None:
        self._serve()

    def do_GET(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(urlsplit(self.path).path)
        try:
            if path.startswith("/file/bot"):
                self._answer(200, self._file(path), "application/octet-stream")
            else:
                self._answer_json(200, {"ok": True, "result": self._call(path, body)})
        except Refusal as refusal:
            answer: JSON = {"ok": False, "error_code": refusal.code, "description": refusal.description}
            self._answer_json(
                refusal.code, answer | ({"parameters": refusal.parameters} if refusal.parameters else {})
            )
        except Dropped:
            self.close_connection = True

    def _file(self, path: str) -> bytes:
        token, _, file_path = path.removeprefix("/file/bot").partition("/")
        world = self.server.world
        with world.changed:
            self._check(token)
            fault = self._fault("file", {})
            data = world.files.get(file_path.rpartition("/")[2])
        if fault:
            fault.before()
        if data is None:
            raise Refusal(404, "Not Found")
        return data

    def _call(self, path: str, body: bytes) -> Any:
        token, _, method = path.removeprefix("/bot").partition("/")
        params, files = parse_body(self.headers.get("Content-Type", ""), body)
        world = self.server.world
        with world.changed:
            fault = self._fault(method, params)
            try:
                self._check(token)
                if fault:
                    fault.before()
                result = json.loads(json.dumps(self._result(method, params, files)))
            except (Refusal, Dropped) as refusal:
                self._record(method, params, files, refusal)
                raise
            self._record(method, params, files, result)
        if fault:
            fault.after()
        return result

    def _result(self, method: str, params: JSON, files: dict[str, bytes]) -> Any:
        if method.lower() not in METHODS:
            raise Refusal(404, "Not Found")
        return METHODS[method.lower()](self.server.world, params, files)

    def _record(self, method: str, params: JSON, files: dict[str, bytes], outcome: Any) -> None:
        ok = not isinstance(outcome, Exception)
        self.server.world.calls.append(Call(method, params, files, ok, outcome, time.monotonic()))
        self.server.world.changed.notify_all()

    def _check(self, token: str) -> None:
        if token != self.server.world.token:
            raise Refusal(401, "Unauthorized")

    def _fault(self, method: str, params: JSON) -> Fault | None:
        for fault in self.server.world.faults:
            if fault.matches(method, params):
                fault.times -= 1
                return fault
        return None

    def _answer_json(self, status: int, answer: JSON) -> None:
        self._answer(status, json.dumps(answer).encode(), "application/json")

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
