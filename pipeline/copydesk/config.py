"""placeholder"""


def load_chain(chain, overrides=None):
    raise NotImplementedError
