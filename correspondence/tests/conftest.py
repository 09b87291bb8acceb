from correspondence.tests.sink import smtp_sink

__all__ = ["smtp_sink"]
