# ===- browser.py - A page in headless Chromium -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------=== #
"""Chromium by its debugging protocol over a pipe, and a folder's files on localhost."""

import contextlib
import functools
import http.server
import json
import os
import select
import subprocess
import threading


@contextlib.contextmanager
def served(folder):
    """The address of a server of the folder's files, on this machine alone."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Page:
    """A page of a browser of its own. `wrong`: what its console says of errors."""

    def __init__(self, profile, width=1000, height=800):
        theirs, self.out = os.pipe()
        self.into, answers = os.pipe()
        # The protocol's pipes are 3 and 4.
        self.browser = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{theirs} 4>&{answers}', "sh", "chromium", "--headless", "--no-sandbox",
             "--disable-gpu", "--remote-debugging-pipe", "--autoplay-policy=no-user-gesture-required", "--mute-audio",
             f"--user-data-dir={profile}", f"--window-size={width},{height}", "about:blank"],
            pass_fds=(theirs, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs)
        os.close(answers)
        self.last, self.rest, self.session, self.wrong = 0, b"", None, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.browser.kill()
        self.browser.wait()

    def hear(self):
        while b"\0" not in self.rest:
            assert select.select([self.into], [], [], 300)[0], "the browser says nothing more"
            more = os.read(self.into, 1 << 16)
            assert more, "the browser has ended"
            self.rest += more
        message, _, self.rest = self.rest.partition(b"\0")
        message = json.loads(message)
        if message.get("method") == "Runtime.exceptionThrown":
            details = message["params"]["exceptionDetails"]
            self.wrong.append(details.get("exception", {}).get("description", details["text"]))
        elif message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            self.wrong.append(message["params"]["entry"]["text"])
        return message

    def ask(self, method, **params):
        self.last += 1
        request = {"id": self.last, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.out, json.dumps(request).encode() + b"\0")
        while True:
            answer = self.hear()
            if answer.get("id") == self.last:
                assert "error" not in answer, (method, answer["error"], self.wrong)
                return answer["result"]

    def open(self, url):
        self.ask("Page.navigate", url=url)
        while self.hear().get("method") != "Page.loadEventFired":
            pass

    def value(self, expression):
        """That of an expression of JavaScript, which may be a promise."""
        result = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, (expression, result["exceptionDetails"], self.wrong)
        return result["result"].get("value")
