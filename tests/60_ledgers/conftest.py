"""Let the tests of ledgers share their made-up posteriors."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
