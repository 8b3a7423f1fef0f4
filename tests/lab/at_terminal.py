"""Runs a program at a terminal of its own and answers its question once: at_terminal.py TEXT ANSWER COMMAND... where
TEXT is what the question holds. What the program wrote goes to standard output, without what the terminal did to it."""
import os
import pty
import select
import sys

text, answer, command = sys.argv[1].encode(), sys.argv[2].encode() + b"\n", sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen, answers = b"", 0
while select.select([terminal], [], [], 60)[0]:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
    if seen.count(text) > answers:
        answers += 1
        os.write(terminal, answer)
_, status = os.waitpid(pid, 0)
sys.stdout.write(seen.decode(errors="replace").replace("\r", ""))
sys.stdout.write(f"\nquestions: {answers}\n")
sys.exit(os.waitstatus_to_exitcode(status))
