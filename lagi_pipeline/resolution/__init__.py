"""A resolution's text into a proposal of ``targets.yaml``: what is read in one way is proposed, the rest is listed.

``document`` reads files, ``outline`` finds the list and its items, ``amounts`` and ``labels`` read a line,
``statements`` puts both together, ``proposal`` judges what was read, ``writing`` puts it on paper.
"""
