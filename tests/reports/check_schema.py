#!/usr/bin/env python3
"""check_schema.py SCHEMAS FILE...: whether .json files are scans and .jsonl files hosts by docs/schema. Prints what is wrong;
not zero then."""
import json
import sys

import jsonschema


def problems(schemas, path):
    schema = {name: json.load(open("%s/%s.schema.json" % (schemas, name))) for name in ("scan", "host")}
    resolver = jsonschema.RefResolver("", schema["scan"], store={"host.schema.json": schema["host"]})
    text = open(path, encoding="utf-8", newline="").read()
    if path.endswith(".json"):
        validator, values = jsonschema.Draft202012Validator(schema["scan"], resolver=resolver), [json.loads(text)]
    else:
        validator, values = jsonschema.Draft202012Validator(schema["host"]), [json.loads(line) for line in text.split("\n") if line]
    return ["%s: %s: %s" % (path, list(error.path)[:6], error.message[:200]) for value in values for error in validator.iter_errors(value)]


if __name__ == "__main__":
    found = [problem for path in sys.argv[2:] for problem in problems(sys.argv[1], path)]
    for problem in found[:20]:
        print("FAIL:", problem)
    sys.exit(bool(found))
