"""datatrove: JSON lines in, JSON lines out, nothing between."""

import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

articles, _, out = sys.argv[1:4]
articles = Path(articles).resolve()
LocalPipelineExecutor(
    pipeline=[
        JsonlReader(str(articles.parent), glob_pattern=articles.name, text_key="body"),
        JsonlWriter(out, compression=None),
    ],
    tasks=1,
    logging_dir=f"{out}/logs",
    skip_completed=False,
).run()
