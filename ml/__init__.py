"""Reads handwritten digits: preprocessing, segmentation, the network, its training and evaluation.

Stands alone: no Django, no Celery. `python -m ml.predict photo.jpg` is enough to use it.
"""
