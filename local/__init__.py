"""The whole system on a laptop: the real functions on moto, an HTTP front, pollers, a scheduler, a request bin."""
