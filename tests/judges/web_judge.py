"""Run by .judges/web: what extruct and signposting find. Arguments: what is asked, a file, a base address."""

import json
import sys
from pathlib import Path

import extruct
from signposting import find_signposting_http_link

asked, path, base = sys.argv[1:]
text = Path(path).read_text(encoding="utf-8")
if asked == "json-ld":
    found = extruct.extract(text, base_url=base, syntaxes=["json-ld"])["json-ld"]
else:
    links = find_signposting_http_link([text], base)
    found = {
        "cite-as": links.citeAs.target if links.citeAs else "",
        "type": sorted(link.target for link in links.types),
        "describedby": {link.type: link.target for link in links.describedBy},
        "license": links.license.target if links.license else "",
    }
sys.stdout.write(json.dumps(found, default=str))
