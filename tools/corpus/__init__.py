"""A corpus of workbooks as offices might send them: clean ones, changed by named mutations, with what must happen.

``clean`` makes documents of the sample workbooks and works out, by a walk of its own, what they say; ``mutations`` are
the messes; ``generate`` pairs them; ``writing`` makes files; ``judge`` reads a file by the pipeline and compares.
"""
