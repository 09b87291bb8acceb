from coordination.models.saved_view import SavedView

__all__ = ["SavedView"]
