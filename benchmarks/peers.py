"""How long one scan takes beside linters of other configurations, each on a small file of its own.

Whole processes, run in turn so that the machine's mood is the same for all; the time of the processor is told beside
the wall's, since others may use the machine. The first run of each is not measured: after it modules are compiled and
caches are filled. ``GIXY`` and ``ANSIBLE_LINT`` name the commands of virtual environments of their own; without them
they are looked for on the path, and what is not there is said and left out.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
RUNS = 10
#: Modules are compiled once and then loaded, as on any host that did not forbid it.
ENVIRONMENT = {name: word for name, word in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
OURS = "mailaudit scan fixtures/modern/etc/mail"
#: How many times a peer's wall time a scan may take.
GOALS = {"gixy-ng": 1.2, "ansible-lint": 1.0}
NGINX = """\
user www-data;
worker_processes auto;
events { worker_connections 768; }
http {
    server_tokens off;
    server {
        listen 443 ssl;
        server_name mail.example.org;
        ssl_certificate /etc/ssl/certs/mail.pem;
        ssl_certificate_key /etc/ssl/private/mail.key;
        root /srv/www;
        location / { try_files $uri $uri/ =404; }
        location /mail/ { proxy_pass http://127.0.0.1:8080/; proxy_set_header Host $host; }
    }
}
"""
PLAYBOOK = """\
---
- name: Set up a mail host
  hosts: mail
  become: true
  tasks:
    - name: Install sendmail
      ansible.builtin.package:
        name: sendmail
        state: present
    - name: Start sendmail
      ansible.builtin.service:
        name: sendmail
        state: started
        enabled: true
"""


def commands(folder: Path) -> dict[str, list[str]]:
    """The command line of each that is there."""
    (folder / "nginx.conf").write_text(NGINX)
    (folder / "playbook.yml").write_text(PLAYBOOK)
    found = {OURS: [str(Path(sys.executable).parent / "mailaudit"), "scan", str(ROOT / "fixtures/modern/etc/mail")]}
    for name, variable, program, words in (
        ("gixy-ng", "GIXY", "gixy", [str(folder / "nginx.conf")]),
        ("ansible-lint", "ANSIBLE_LINT", "ansible-lint", ["--offline", "--nocolor", str(folder / "playbook.yml")]),
    ):
        path = os.environ.get(variable) or shutil.which(program)
        if path:
            found[name] = [path, *words]
        else:
            print(f"{name} is not there; {variable} names its command")
    return found


def measured(command: list[str], folder: Path) -> tuple[float, float]:
    """The wall time of one run, and the processor's time without the kernel's.

    Raises:
        SystemExit: the run broke; 0 and 1 mean without and with findings for all of them.

    """
    environment = {**ENVIRONMENT, "PATH": f"{Path(command[0]).parent}:{ENVIRONMENT['PATH']}"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    start = perf_counter()
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    taken = perf_counter() - start
    if ended.returncode not in (0, 1):
        message = f"{command[0]} exited with {ended.returncode}\n{ended.stderr}"
        raise SystemExit(message)
    return taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        asked = commands(folder)
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
        for turn in range(RUNS + 1):
            for name, taken in times.items():
                once = measured(asked[name], folder)
                if turn:
                    taken.append(once)
    print(f"median of {RUNS} runs, in turn    wall       processor")
    figures = {name: tuple(median(each) for each in zip(*taken, strict=True)) for name, taken in times.items()}
    for name, (wall, used) in figures.items():
        print(f"  {name:<42}{wall:7.3f} s{used:11.3f} s")
    wall, used = figures.pop(OURS)
    for name, (their_wall, their_used) in figures.items():
        print(f"  ratio to {name:<33}{wall / their_wall:7.2f}{used / their_used:13.2f}    (at most {GOALS[name]})")


if __name__ == "__main__":
    main()
