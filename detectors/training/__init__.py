"""Training our own small networks for generated pictures and synthetic speech.

The way of the data: an index or a folder (:mod:`.index`), files out of local git mirrors
(:mod:`.extract`), decoding in the confined child (:mod:`.inside`), the same treatment of both
classes (:mod:`.equal_pictures`, :mod:`.equal_sound`), fakes made of the genuine files
(:mod:`.made`), examples on disk (:mod:`.examples`), training that leaves whole sources and
generators out (:mod:`.splits`, :mod:`.loop`), results beside dumb probes (:mod:`.results`), and an
ONNX file with a note that the detectors use (:mod:`.keeping`). Only this package imports torch for
training; analysis never does.
"""
