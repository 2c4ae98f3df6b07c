"""What is measured, how it accumulates and which way is better; and the models of a place's own files.

Nothing here reads anything but the catalogue's YAML and the files of ``data/raw/place`` and ``data/raw/resolution``.
"""
