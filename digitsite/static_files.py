"""How static files are stored: named by their content, and compressed beside the original."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise is untyped
    """Gzip alone: where some package brings Brotli along, its best level would delay the first start by a minute."""

    def create_compressor(self, **options: Any) -> Compressor:
        """WhiteNoise's own compressor."""
        return Compressor(**options, use_brotli=False)
