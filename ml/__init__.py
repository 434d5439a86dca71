"""Reads handwritten digits: preprocessing, segmentation, the network, its training and evaluation.

Stands alone: no Django, no Celery. `python -m ml.predict photo.jpg` is enough to use it.
"""

import os

# TensorFlow, once it is loaded, leaves oneDNN off on processors with no more than AVX2: there the classifier takes
# twice as long to train without it. On others it is on anyway.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
