"""Let the tests of fields share their small wind files."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
