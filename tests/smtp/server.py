"""A mail server (aiosmtpd) that answers as the recipient's name says, and keeps a ledger of what it took.

    server.py LEDGER CERTIFICATES

Listens on free ports of 127.0.0.1 and prints them as one line of JSON. Ends when its standard input ends, so that it
never outlives the test that started it. Every mail that it took is one line of JSON in LEDGER, written before the answer.
CERTIFICATES is a folder with good, expired and stranger, each as .pem and .key; without it there is no TLS.
"""

import asyncio
import json
import logging
import os
import pathlib
import ssl
import sys
import warnings
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = b"portal@example.com", b"p/ss:word%"
FOREVER = 3600


class Handler:
    def __init__(self, ledger, port):
        self.ledger, self.port, self.seen = ledger, port, {}

    def first_time(self, address):
        self.seen[address] = self.seen.get(address, 0) + 1
        return self.seen[address] == 1

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.port == "no_sender":
            return "550 5.7.1 this sender is not allowed here"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        act = address.split("@")[0].split(".")[0]
        if act == "hole" and self.first_time(address):
            await asyncio.sleep(FOREVER)
        if act == "slow":
            await asyncio.sleep(0.2)
        if act == "drop" and self.first_time(address):
            server.transport.abort()
        answers = {
            "unknown": f"550 5.1.1 <{address}>: no such user here",
            "full": f"552 5.2.2 {address} is over quota",
            "noauth": "530 5.7.0 Authentication required",
            "relay": "554 Relay access denied",
            "crowded": "452 4.2.2 mailbox full, try later",
        }
        if act in answers:
            return answers[act]
        if act == "grey" and self.first_time(address):
            return "451 4.7.1 greylisted, try again"
        if act == "busy" and self.first_time(address):
            return "421 4.3.2 closing for a moment"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        act = envelope.rcpt_tos[0].split("@")[0].split(".")[0]
        if act == "spam":
            return "554-5.7.1 your message to\r\n554 5.7.1 this house looks like junk: https://blocked.example/x"
        if act == "late" and self.first_time(envelope.rcpt_tos[0]):
            return "451 4.3.0 disk busy"
        took = {
            "port": self.port,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "id": message_from_bytes(envelope.content)["Message-ID"].strip("<>"),
            "encrypted": server.transport.get_extra_info("ssl_object") is not None,
            "mail": envelope.content.decode(),
        }
        with self.ledger.open("a") as ledger:
            ledger.write(json.dumps(took) + "\n")
        if act == "mute":
            await asyncio.sleep(FOREVER)
        if act == "lost":
            server.transport.abort()
        return "252 maybe" if act == "odd" else "250 2.0.0 taken"


class Server(SMTP):
    async def smtp_DATA(self, arg):
        if any(to.startswith("cut.") for to in self.envelope.rcpt_tos):
            await self.push("354 go on")
            await self._reader.read(100)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == USER and data.password == PASSWORD, handled=False)


def context(folder, name):
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return tls


async def silent(reader, writer):
    await asyncio.sleep(FOREVER)


async def closed(reader, writer):
    writer.write(b"554 5.3.2 no mail from strangers\r\n")
    await writer.drain()
    await asyncio.sleep(FOREVER)


def injecting(tls):
    """Somebody in between, who adds an answer of his own behind the one to STARTTLS."""

    async def speak(reader, writer):
        writer.write(b"220 localhost\r\n")
        while line := (await reader.readline()).upper():
            if line.startswith(b"STARTTLS"):
                writer.write(b"220 go on\r\n250 injected\r\n")
                await writer.drain()
                await writer.start_tls(tls)
            elif line.startswith(b"EHLO"):
                writer.write(b"250-localhost\r\n250 STARTTLS\r\n")
            else:
                writer.write(b"354 go on\r\n" if line.startswith(b"DATA") else b"250 OK\r\n")

    return speak


async def main(ledger, certificates):
    loop, ports, servers = asyncio.get_running_loop(), {}, []

    async def listen(name, tls=None, **options):
        handler = Handler(ledger, name)
        make = lambda: Server(handler, hostname="localhost", loop=loop, **{"enable_SMTPUTF8": True, **options})
        servers.append(await loop.create_server(make, "127.0.0.1", 0, ssl=tls))

    async def speak(handle):
        servers.append(await asyncio.start_server(handle, "127.0.0.1", 0))

    def note(name):
        ports[name] = servers[-1].sockets[0].getsockname()[1]

    await listen("clear")
    note("clear")
    await listen("ascii", enable_SMTPUTF8=False)
    note("ascii")
    await listen("no_sender")
    note("no_sender")
    await speak(silent)
    note("silent")
    await speak(closed)
    note("closed")
    if certificates:
        good = context(certificates, "good")
        await listen("starttls", tls_context=good, require_starttls=True)
        note("starttls")
        login = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": True}
        await listen("login", tls_context=good, require_starttls=True, **login)
        note("login")
        for name, certificate in [("implicit", "good"), ("expired", "expired"), ("stranger", "stranger")]:
            await listen(name, tls=context(certificates, certificate))
            note(name)
        await speak(injecting(good))
        note("injecting")
    print(json.dumps(ports), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    task = main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda loop, context: None)
    loop.run_until_complete(task)
    # Conversations that would go on for ever are not waited for.
    os._exit(0)
