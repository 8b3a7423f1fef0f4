#!/usr/bin/env python3
"""check_formats.py FOLDER SCHEMAS: what the reports fleet.* of a folder must hold whatever the hosts' texts are: valid by
their schemas, every host in each of them, nothing that a reader would run. Prints what is wrong; not zero then."""
import csv
import json
import re
import subprocess
import sys
import xml.etree.ElementTree

from check_schema import problems

folder, schemas = sys.argv[1:3]
wrong = []


def read(name):
    with open("%s/fleet.%s" % (folder, name), encoding="utf-8", newline="") as file:
        return file.read()


def expect(good, text):
    if not good:
        wrong.append(text)


# What a terminal, a log viewer or a bidirectional reader would obey, beside line ends.
UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\u200b\ufeff]")

for name in ("json", "jsonl"):
    wrong += problems(schemas, "%s/fleet.%s" % (folder, name))
scan = json.loads(read("json"))
hosts = scan["hosts"]
failed = [host for host in hosts if host["status"] == "failed"]
expect(failed and len(failed) < len(hosts), "the corpus needs hosts of both kinds")

lines = [json.loads(line) for line in read("jsonl").split("\n") if line]
expect(len(lines) == len(hosts), "jsonl: %d lines for %d hosts" % (len(lines), len(hosts)))
expect(sorted(lines, key=lambda line: line["number"]) == hosts, "jsonl and json differ")

sarif = json.loads(read("sarif"))["runs"][0]
expect(len(sarif["invocations"][0]["toolExecutionNotifications"]) == len(failed), "sarif: not every host that failed is a notification")
expect(len(sarif["results"]) == sum(f["status"] in ("WARN", "ERROR") for host in hosts for f in host["findings"]), "sarif: results are missing")
for result in sarif["results"]:
    expect(re.fullmatch(r"docker-host:[\w.~%-]*", result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]), "sarif: a host's name is not a URI")
    expect(not UNSAFE.search(result["message"]["text"]), "sarif: a control character in a message")

suites = xml.etree.ElementTree.fromstring(read("xml"))
expect(len(suites) == len(hosts), "junit: not every host is a suite")
for suite, host in zip(suites, hosts):
    errors = suite.findall("testcase/error")
    expect(int(suite.get("errors")) == len(errors) and int(suite.get("tests")) == len(suite) and int(suite.get("failures")) == len(suite.findall("testcase/failure")),
           "junit: the counts of a suite are wrong")
    expect((host["status"] == "failed") == (suite[0].get("name") == "the host can be scanned" and suite[0].find("error") is not None), "junit: a failed host is no error")
expect(int(suites.get("tests")) == sum(len(suite) for suite in suites), "junit: the count of tests is wrong")
expect(not UNSAFE.search(read("xml")), "junit: a control character")

rows = list(csv.reader(read("csv").split("\r\n")))
rows = [row for row in rows if row]
expect(all(len(row) == len(rows[0]) for row in rows), "csv: a row has another number of cells")
expect(sum("could not be scanned" in row[5] for row in rows) == len(failed), "csv: not every failed host has a row")
for row in rows:
    for cell in row:
        expect(not re.match(r"\s*[=+@-]", cell), "csv: a formula: %.40r" % cell)
        expect(not UNSAFE.search(cell) and "\n" not in cell and len(cell) < 32767, "csv: a cell that breaks its row: %.40r" % cell)

rendered = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "tagfilter"], input=read("md").encode(), stdout=subprocess.PIPE, check=True).stdout.decode()
tags = set(re.findall(r"<(/?[a-z0-9]+)", rendered))
expect(tags <= {t for n in "h2 h3 p strong table thead tbody tr th td code".split() for t in (n, "/" + n)}, "markdown: tags of a host's: %s" % sorted(tags))
expect(rendered.count("<tr>") == sum(line.startswith("| ") for line in read("md").split("\n")) - rendered.count("<table>"), "markdown: a name broke its table")
expect(not UNSAFE.search(read("md")), "markdown: a control character")

metrics = read("prom")
expect(len(re.findall(r"^muster_host_scanned\{", metrics, re.M)) == len(hosts), "prometheus: not every host has its series")
expect(len(re.findall(r"^muster_host_failed\{", metrics, re.M)) == len(failed), "prometheus: not every failed host has its series")
expect(all(re.match(r"(# (HELP|TYPE) |[a-z_]+(\{.*\})? [0-9.]+$)", line) for line in metrics.split("\n") if line), "prometheus: a label broke its line")

text = read("txt")
expect(not UNSAFE.search(text), "text: a control character")
expect("%d not scanned" % len(failed) in text, "text: the failed hosts are not counted")

page = read("html")
body = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
expect(page.count("<script>") == 1, "html: a second script")
expect(not re.search(r"<(img|svg on|iframe|object|embed|link|base|form)\b", body), "html: an element of a host's")
expect(not UNSAFE.search(body), "html: a control character")
expect(body.count('class="unscanned">not scanned') == len(failed), "html: a failed host is not among the rows without scripting")
index = json.loads(re.search(r'<script type="application/json" id="index">(.*?)</script>', page, re.S).group(1))
expect(len(index["hosts"]) == len(hosts), "html: hosts are missing in the index")
expect([h[0] for h in index["hosts"]] == [h["name"] if len(h["name"].encode()) <= 300 else h["name"][:300] for h in hosts], "html: the index has other names")

for text in wrong[:40]:
    print("FAIL:", text)
sys.exit(bool(wrong))
