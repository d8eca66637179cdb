"""The JSON Schema of results.json, made from the shapes in `results`.

python -m allay.science.evaluation.results.schema > docs/results.schema.json
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from allay.science.evaluation.results import FORMAT, Results


def results_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12. Objects hold exactly the properties listed."""
    schema = TypeAdapter(Results).json_schema(mode="serialization")
    for shape in (schema, *schema["$defs"].values()):
        shape["additionalProperties"] = False
        shape["required"] = list(shape["properties"])
        shape["description"] = " ".join(shape.get("description", "").split())
        for one in shape["properties"].values():
            one.pop("title", None)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:allay:results:{FORMAT}",
        "title": "Results of allay evaluate",
    }
    return head | {key: value for key, value in schema.items() if key != "title"}


def schema_text() -> str:
    return json.dumps(results_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
