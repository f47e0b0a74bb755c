"""Attacks a running Kith, as in production, on a demo of its own: wapiti as each role and as a stranger, schemathesis on what programs read.

    python -m scripts.scan_running PATH_TO_WAPITI PATH_TO_SCHEMATHESIS
Fails on anything of medium or above, on any answer of 500, and on an answer that docs/openapi.json does not tell of. With
KITH_SCAN_DATA=FOLDER that folder's demo is used (and spoilt); KITH_SCAN_SECONDS is how long each attack of a role may take (3; looking for
addresses takes four times that); KITH_SCAN_ROLES=link_worker,funder,stranger narrows it to those, and the end says who was left out.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

from app.shared import keyring
from tests.support.databases import settings_for
from tests.support.server import Server, running_server

ROOT = Path(__file__).resolve().parent.parent
ATTACKS = "cookieflags,crlf,csp,csrf,exec,file,http_headers,methods,permanentxss,redirect,sql,upload,xss,xxe"
NOT_RUN = {
    "ssrf, log4shell": "they need a host of their own on the internet that listens; Kith fetches no address that somebody typed",
    "backup, buster, cms, htp, nikto, takeover, wapp, wp_enum": "they look for other people's software by lists from the internet",
    "brute_login_form": "tests of sign-in count tries exactly; here it would only lock the scanner out",
    "timesql": "it waits for minutes; `sql` asks the same fields",
    "htaccess, https_redirect, ldap, network_device, shellshock, spring4shell, ssl": "what they attack is not here, or is the proxy's",
}
"""Attacks that wapiti has and this does not use, with the reason."""
MEDIUM = 2
LEVELS = {0: "for information", 1: "low", 2: "medium", 3: "high", 4: "critical"}
NEVER = ("sign-out", "account/sign-ins")
"""Where the scanner would end its own session."""
BROKEN = re.compile(r"(?m)^.*Traceback \(most recent call last\).*(?:\n(?:\s.*|\S*(?:Error|Exception).*))*")
STRANGER = "stranger"
SECRET = "only-for-this-scan-" + "x" * 24
AS_IN_PRODUCTION = {
    "KITH_ENV": "production", "KITH_SECRET_KEY": SECRET, "KITH_ALLOW_SQLITE": "1", "KITH_ALLOWED_HOSTS": "127.0.0.1", "KITH_BASE_URL": "https://kith.example",
    "KITH_REQUESTS_A_MINUTE": "10000000", "KITH_SQLITE_SYNCHRONOUS": "FULL",
}


class NotSignedIn(Exception):
    """The server did not let them in; the text says what its page said."""


class Visitor:
    """A browser that remembers its cookie. Without `email`: somebody who is not signed in."""

    def __init__(self, server: Server, email: str = "", password: str = "") -> None:
        self.host = server.url.removeprefix("http://")
        self.cookie, self.email = "", email
        page = self.ask("GET", "/sign-in")
        self.token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]
        if email:
            said = self.ask("POST", "/sign-in", {"csrf_token": self.token, "email": email, "password": password})
            tokens = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', self.ask("GET", "/account"))
            if not tokens:
                raise NotSignedIn(f"{email}: {' '.join(re.sub(r'<[^>]+>', ' ', said).split())[:400]}")
            self.token = tokens[0]

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> str:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        headers = {"Cookie": self.cookie} | ({"Content-Type": "application/x-www-form-urlencoded"} if form else {})
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = cookie.split(";")[0]
        text = answer.read().decode(errors="replace")
        connection.close()
        return text


def somebody(server: Server, people: Sequence[Mapping[str, str]]) -> Visitor:
    """The first of these people who still signs in: whoever was attacked as before may have ended another's account, as their role may.

    Raises NotSignedIn where none does.
    """
    refused = []
    for person in people:
        try:
            return Visitor(server, person["email"], person["password"])
        except NotSignedIn as why:
            refused.append(str(why))
    raise NotSignedIn("; ".join(refused))


def wapiti(tool: str, server: Server, role: str, visitor: Visitor, folder: Path, *, again: bool = False) -> list[str]:
    """What it found that fails. A scanner that broke by itself (its own notes are locked now and then) begins once more."""
    own, seconds = folder / f"{role}{'-again' if again else ''}", os.environ.get("KITH_SCAN_SECONDS", "3")
    own.mkdir()  # what the scanner keeps of a visit belongs to one role
    report = own / "report.json"
    command = [
        tool, "-u", f"{server.url}/", "--scope", "folder", "-m", ATTACKS, "-d", "4", "--max-links-per-page", "40", "--max-files-per-dir", "20",
        "--max-scan-time", str(4 * int(seconds)), "--max-attack-time", seconds, "--max-parameters", "12", "-t", "20", "--flush-session", "--no-bugreport", "-v", "0",
        "--store-session", str(own), "--store-config", str(own), "-f", "json", "-o", str(report),
    ]
    for path in NEVER:
        command += ["-x", f"{server.url}/{path}*"]
    command += ["-C", visitor.cookie]  # a Secure cookie would not be sent back without HTTPS, and every form be refused
    with (own / "log").open("w") as log:
        try:
            subprocess.run(command, stdout=log, stderr=log, check=False, timeout=40 * int(seconds) + 120)
        except subprocess.TimeoutExpired:
            return [f"wapiti as {role} did not come to an end"]
    if not report.exists() and not again:
        return wapiti(tool, server, role, visitor, folder, again=True)
    if not report.exists():
        return [f"wapiti as {role} did not run: {(own / 'log').read_text()[-600:]}"]
    told = json.loads(report.read_text())
    faults, lesser = [], 0
    for kind, findings in {**told["vulnerabilities"], **told["anomalies"]}.items():
        for found in findings:
            is_broken = kind == "Internal Server Error"
            if is_broken or (found["level"] >= MEDIUM and kind != "Resource consumption"):
                faults.append(f"wapiti as {role}: {kind} ({LEVELS[found['level']]}) at {found['method']} {found['path']}: {found['info']}")
            else:
                lesser += 1
                print(f"    {role}, {LEVELS[found['level']]}: {kind} at {found['method']} {found['path']}: {found['info']}"[:240])
    if visitor.email and "Your account" not in visitor.ask("GET", "/account"):
        faults.append(f"wapiti as {role} lost its session on the way: the scan is not to be trusted")
    print(f"wapiti as {role}: {told['infos']['crawled_pages_nbr']} addresses and forms attacked, {len(faults)} of medium or above, {lesser} below", flush=True)
    return faults


def schemathesis(tool: str, server: Server, role: str, visitor: Visitor, folder: Path) -> list[str]:
    command = [
        tool, "run", str(ROOT / "docs" / "openapi.json"), "--url", server.url, "-H", f"Cookie: {visitor.cookie}", "-H", f"X-CSRFToken: {visitor.token}",
        "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance", "--max-examples", "8",
        "--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--warnings", "off", "--suppress-health-check", "all",
    ]
    log = folder / f"schemathesis-{role}.log"
    with log.open("w") as out:
        ran = subprocess.run(command, stdout=out, stderr=out, check=False, timeout=600, cwd=folder)
    text = log.read_text()
    last = [line.strip() for line in text.splitlines() if re.search(r"\d+ (generated|passed|tested|failures?)|No issues", line)]
    print(f"schemathesis as {role}: {'; '.join(last[-4:]) or 'see its log'}", flush=True)
    return [] if ran.returncode == 0 else [f"schemathesis as {role} found something:\n{text[-6000:]}"]


def main(wapiti_tool: str, schemathesis_tool: str) -> int:
    with tempfile.TemporaryDirectory(prefix="kith-scan-") as made:
        folder = Path(made)
        data, people = prepare(folder)
        asked = os.environ.get("KITH_SCAN_ROLES", "")
        wanted = asked.split(",") if asked else [*people, STRANGER]
        settings = settings_for(f"sqlite:///{data / 'kith.sqlite3'}", data)
        faults, began, log = [], time.monotonic(), folder / "server.log"
        try:
            with running_server(settings, log, env={**AS_IN_PRODUCTION, "KITH_DATA_KEYS_FILE": str(keyring.key_file(settings))}) as server:
                for role in wanted:
                    if role == STRANGER:  # last: trying passwords, it is kept waiting, and with it whoever comes from the same address
                        continue
                    try:
                        visitor = somebody(server, people[role])
                    except NotSignedIn as why:
                        faults.append(f"nobody could be attacked as {role}, for nobody could sign in: {why}")
                        continue
                    faults += schemathesis(schemathesis_tool, server, role, visitor, folder)
                    faults += wapiti(wapiti_tool, server, role, visitor, folder)
                if STRANGER in wanted:
                    faults += wapiti(wapiti_tool, server, STRANGER, Visitor(server), folder)
        except AssertionError:  # the server says so when something broke in it; below is what
            pass
        faults += [f"the server broke:\n{block[:2500]}" for block in BROKEN.findall(log.read_text(errors="replace"))[:5]]
        for fault in faults:
            print(fault)
        left_out = [role for role in (*people, STRANGER) if role not in wanted]
        print(f"Attacks that did run, on each: {ATTACKS.replace(',', ', ')}.\nAttacks that did not:")
        for names, why in NOT_RUN.items():
            print(f"    {names}: {why}")
        print(f"As: {', '.join(wanted)}. Not as: {', '.join(left_out) or 'nobody left out'}.")
        print(f"Limits: {os.environ.get('KITH_SCAN_SECONDS', '3')} seconds for each attack on each visitor, four times that to find addresses, 4 links deep, 12 parameters.")
        print(f"{len(wanted)} visitors in {(time.monotonic() - began) / 60:.0f} minutes: {len(faults)} to look at")
        return 1 if faults else 0


def prepare(folder: Path) -> tuple[Path, dict[str, list[dict[str, str]]]]:
    """The data directory with a demo in it, and the people of each role."""
    data = Path(os.environ.get("KITH_SCAN_DATA") or folder / "data")
    kith = [sys.executable, "-c", "from app.cli import main; main()"]
    env = {**os.environ, "KITH_DATA_DIR": str(data), "KITH_DATABASE_URL": ""}
    if "KITH_SCAN_DATA" not in os.environ:
        data.mkdir()
        for command in (["db", "upgrade"], ["demo"]):
            subprocess.run([*kith, *command], env=env, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    told = subprocess.run([*kith, "demo", "--accounts", "--format", "json"], env=env, check=True, capture_output=True, text=True, cwd=ROOT)
    people: dict[str, list[dict[str, str]]] = {}
    for row in json.loads(told.stdout):
        people.setdefault(row["role"], []).append(row)
    return data, people


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
