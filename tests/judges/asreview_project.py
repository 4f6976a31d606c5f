"""Runs inside ASReview's own environment: reads FILE, or makes a project of it, labels it, exports it as its page does.

asreview_project.py count FILE
asreview_project.py circle FILE OUT LABELS     LABELS: JSON, place in the file -> 1 or 0
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from pathlib import Path


def count(source: Path) -> int:
    from asreview.data.loader import load_records

    return len(load_records(source, dataset_id="x"))


def circle(source: Path, out: Path, labels: dict[str, int]) -> int:
    os.environ["ASREVIEW_LAB_AUTHENTICATION"] = "false"
    os.environ["ASREVIEW_PATH"] = str(out.parent / "asreview")
    from asreview.project.api import Project
    from asreview.webapp.app import create_app
    from asreview.webapp.utils import get_project_path

    app = create_app()
    app.config["AUTHENTICATION"] = False
    name = uuid.uuid4().hex
    with app.app_context():
        project = Project.create(get_project_path(name), project_id=name, project_name="circle")
        project.add_dataset(source)
        everything = list(range(len(project.read_input_data())))
        with project.db as db:
            db.add_last_ranking(
                everything, "nb", "max", "balanced", "tfidf", 0
            )  # as its model would: what is still unseen
            for place, label in labels.items():
                db.label_record(int(place), label)
    wanted = [("collections", part) for part in ("relevant", "not_seen", "irrelevant")]
    answer = app.test_client().get(
        f"/api/projects/{name}/export_dataset", query_string=[("format", out.suffix[1:]), *wanted]
    )
    out.write_bytes(answer.data)
    return answer.status_code


if __name__ == "__main__":
    if sys.argv[1] == "count":
        print(count(Path(sys.argv[2])))
    else:
        print(circle(Path(sys.argv[2]), Path(sys.argv[3]), json.loads(sys.argv[4])))
