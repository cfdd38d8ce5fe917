"""Computes the E-Government Development Index again, from the published tables and the register of methods alone.

A second opinion in another language, with nothing but the standard library: fractions instead of whole points, statistics
instead of own sums. Reads the folder of data named on the command line and prints one JSON object: for every survey year the
index, the ranks and the residual of every area, and for the years with open inputs the index computed from them.
"""

import csv
import json
import statistics
import sys
from fractions import Fraction
from pathlib import Path

folder = Path(sys.argv[1])


def rows_of(name):
    with open(folder / name, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


methods = json.loads((folder / "methods.rows.json").read_text(encoding="utf-8"))["methods"]
areas = [one["id"] for one in json.loads((folder / "areas.rows.json").read_text(encoding="utf-8"))]
scores = rows_of("egdi.csv")
tables = {
    "qog-2022": {row["ccodealp"]: row for row in rows_of("inputs/qog-2022.csv")},
    "undp-2016-2022": {row["iso3"]: row for row in rows_of("inputs/undp-2016-2022.csv")},
}


def competition(values):
    """Ranks that ties share: one more than how many are above."""
    ordered = sorted(values.values(), reverse=True)
    return {area: ordered.index(value) + 1 for area, value in values.items()}


def number(table, area, column):
    text = tables[table].get(area, {}).get(column, "").strip()
    try:
        return float(text)
    except ValueError:
        return None


def value_of(part, area):
    cells = [number(part["source"]["table"], area, column) for column in part["source"]["columns"]]
    value = None if None in cells else statistics.fmean(cells)
    if value is None and "where99" in part and tables["undp-2016-2022"].get(area, {}).get("hdicode") == "Very High":
        value = 99.0
    if value is not None and "cap" in part:
        value = min(value, part["cap"]["value"])
    return value


def from_inputs(parts):
    open_parts = [part for part in parts if part["kind"] == "input" and "source" in part]
    available = sum(part["weight"] for part in open_parts)
    if available == 0 or available * 2 < sum(part["weight"] for part in parts):
        return None
    standard = {}
    for part in open_parts:
        found = {area: value for area in areas if (value := value_of(part, area)) is not None}
        mean, deviation = statistics.fmean(found.values()), statistics.pstdev(found.values())
        standard[part["id"]] = {area: (value - mean) / deviation for area, value in found.items()}
    composites = {}
    for area in areas:
        here = [part for part in open_parts if area in standard[part["id"]]]
        weight = sum(part["weight"] for part in here)
        if weight >= available * 0.7:
            composites[area] = sum(part["weight"] * standard[part["id"]][area] for part in here) / weight
    low, high = min(composites.values()), max(composites.values())
    return {area: (value - low) / (high - low) for area, value in composites.items()}


answer = {}
for method in methods:
    weights = method["aggregation"]["weights"]
    divisor = sum(weights.values())
    rows = [row for row in scores if int(row["survey_year"]) == method["year"] and not row["flag"]]
    computed = {
        row["iso3"]: sum(weights[index] * Fraction(row[index]) for index in weights) / divisor for row in rows
    }
    published = {row["iso3"]: Fraction(row["egdi"]) for row in rows}
    answer[method["year"]] = {
        "egdi": {area: float(value) for area, value in computed.items()},
        "residual": {area: float(computed[area] - published[area]) for area in computed},
        "rankComputed": competition(computed),
        "rankPrinted": competition(published),
        "fromInputs": {
            index: values for index in weights if (values := from_inputs(method["parts"][index])) is not None
        },
    }
print(json.dumps(answer))
