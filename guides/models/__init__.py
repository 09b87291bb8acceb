from guides.models.guide import Guide
from guides.models.news import News
from guides.models.reader import Reader
from guides.models.training import Training, known_steps

__all__ = ["Guide", "News", "Reader", "Training", "known_steps"]
